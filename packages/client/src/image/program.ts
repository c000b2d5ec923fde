import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** The path of a program on PATH. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    const file = join(folder, name);
    const canRun = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (canRun) return file;
  }
  return undefined;
}

/** The result of a program that has ended. */
export interface ProgramResult {
  /** Its exit code; 1 if a signal ended it. */
  readonly code: number;
  /** The end of both outputs. */
  readonly output: string;
}

const keptLength = 16 * 1024;

/**
 * Runs a program without a shell until it ends.
 *
 * @param onLine - Called with each line of its outputs.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  signal?: AbortSignal,
  onLine: (line: string) => void = () => {},
): Promise<ProgramResult> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], ...(signal && { signal }) });
  let output = "";
  let rest = "";
  const take = (chunk: string): void => {
    output = (output + chunk).slice(-keptLength);
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", take);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
