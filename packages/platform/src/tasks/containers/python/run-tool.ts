import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { AppEnvError } from "@appenv/core";

/** Time limit for a step of making an environment, in milliseconds: packages are downloaded. */
const limitMs = 900_000;
const lastCharacters = 1_500;

const execute = promisify(execFile);

/** Answers true if a program is on the PATH and runs. */
export async function isInstalled(program: string): Promise<boolean> {
  return execute(program, ["--version"], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

/** Runs a program to its end, which the signal is too. @throws AppEnvError START_FAILED with its last output. */
export async function runTool([program = "", ...args]: readonly string[], signal: AbortSignal): Promise<void> {
  try {
    await execute(program, args, { timeout: limitMs, maxBuffer: 2 ** 26, signal });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    const said = `${stdout}\n${stderr}`.trim().slice(-lastCharacters);
    throw new AppEnvError("START_FAILED", `The environment of Python could not be made: '${program}' failed. ${said}`, {
      fix: "Correct what it says, for example the network, or set APPENV_PYTHON to an interpreter with the packages.",
      cause: error,
    });
  }
}
