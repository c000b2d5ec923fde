import { basename, delimiter, dirname, join } from "node:path";
import type { ContainerStart } from "@appenv/engine";
import type { ImageStore } from "../../images/image-store.ts";
import type { Program } from "../program-process.ts";
import { statedInterpreter, usesStatedInterpreter } from "./interpreter.ts";
import { packagesOf } from "./packages.ts";
import type { PythonEnvironments } from "./python-environments.ts";

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
export function createPythonPrograms(
  environments: Pick<PythonEnvironments, "interpreter">,
  images: Pick<ImageStore, "find">,
): PythonPrograms {
  return {
    resolve: async (program, start) => {
      const name = basename(program.words[0] ?? "");
      if (!/^(a0|python[\d.]*)$/.test(name)) return program;
      const packages = packagesOf(start.spec.definition, images);
      const interpreter = usesStatedInterpreter()
        ? statedInterpreter()
        : await environments.interpreter(packages, start);
      return withInterpreter({ ...program, env: { ...packages.env, ...program.env } }, name, interpreter);
    },
  };
}

function withInterpreter(program: Program, name: string, interpreter: string): Program {
  const bin = dirname(interpreter);
  const path = [bin, program.env["PATH"] ?? ""].filter((part) => part !== "").join(delimiter);
  const first = name === "a0" ? join(bin, "a0") : interpreter;
  const env = { ...program.env, PATH: path, VIRTUAL_ENV: dirname(bin), PYTHONUNBUFFERED: "1" };
  return { ...program, words: [first, ...program.words.slice(1)], env };
}
