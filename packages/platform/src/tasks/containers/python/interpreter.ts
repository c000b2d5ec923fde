import { existsSync } from "node:fs";
import { AppEnvError } from "@appenv/core";

/** Names the interpreter that programs of Python run with, for example that of a virtual environment of yours. */
const interpreterVariable = "APPENV_PYTHON";

/** Answers true if programs of Python run with an interpreter of the user's. */
export function usesStatedInterpreter(): boolean {
  return (process.env[interpreterVariable] ?? "") !== "";
}

/** The interpreter of the user. @throws AppEnvError UNSUPPORTED if it is not there. */
export function statedInterpreter(): string {
  const interpreter = process.env[interpreterVariable] ?? "";
  if (existsSync(interpreter)) return interpreter;
  throw new AppEnvError("UNSUPPORTED", `${interpreterVariable} names '${interpreter}', which is not there.`, {
    fix: "Set it to the path of an interpreter whose environment has the package `flyte`, or leave it out.",
  });
}
