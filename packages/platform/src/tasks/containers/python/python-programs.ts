import { existsSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { AppEnvError } from "@appenv/core";
import type { ContainerStart } from "@appenv/engine";
import type { Program } from "../program-process.ts";
import type { PythonEnvironments } from "./python-environments.ts";
import { packagesOf } from "./packages.ts";

/** Names the interpreter that programs of Python run with, for example that of a virtual environment of yours. */
export const interpreterVariable = "APPENV_PYTHON";

/** Programs of Python: they run with the packages of their image. */
export interface PythonPrograms {
  /**
   * A program with its interpreter; another program stays as it is.
   *
   * @throws AppEnvError UNSUPPORTED, START_FAILED.
   */
  resolve(program: Program, start: ContainerStart): Promise<Program>;
}

/** Programs of Python in the environments of their images, or with the interpreter that `APPENV_PYTHON` names. */
export function createPythonPrograms(environments: PythonEnvironments): PythonPrograms {
  return {
    resolve: async (program, start) => {
      const name = basename(program.words[0] ?? "");
      if (!/^(a0|python[\d.]*)$/.test(name)) return program;
      const stated = process.env[interpreterVariable];
      const interpreter =
        stated === undefined || stated === ""
          ? await environments.interpreter(packagesOf(start.spec.definition), start)
          : checked(stated);
      return withInterpreter(program, name, interpreter);
    },
  };
}

function checked(interpreter: string): string {
  if (existsSync(interpreter)) return interpreter;
  throw new AppEnvError("UNSUPPORTED", `${interpreterVariable} names '${interpreter}', which is not there.`, {
    fix: "Set it to the path of an interpreter whose environment has the package `flyte`, or leave it out.",
  });
}

function withInterpreter(program: Program, name: string, interpreter: string): Program {
  const bin = dirname(interpreter);
  const path = [bin, program.env["PATH"] ?? ""].filter((part) => part !== "").join(delimiter);
  const first = name === "a0" ? join(bin, "a0") : interpreter;
  const env = { ...program.env, PATH: path, VIRTUAL_ENV: dirname(bin), PYTHONUNBUFFERED: "1" };
  return { ...program, words: [first, ...program.words.slice(1)], env };
}
