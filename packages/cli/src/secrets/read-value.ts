import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { AppEnvError } from "@appenv/core";

/**
 * The value of a secret: the bytes of a file, else what is typed at a terminal, else what stdin brings, without the line
 * break at its end.
 *
 * @throws AppEnvError INVALID_ARGUMENT.
 */
export async function readSecretValue(name: string, file: string | undefined): Promise<string | Uint8Array> {
  if (file !== undefined) return readValueFile(file);
  if (process.stdin.isTTY) return askHidden(`Value of '${name}' (not shown): `);
  const bytes = await buffer(process.stdin);
  return bytes.subarray(0, bytes.length - lineBreakAtEnd(bytes));
}

async function readValueFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppEnvError("INVALID_ARGUMENT", `The file '${file}' cannot be read: ${reason}`, { cause: error });
  }
}

function lineBreakAtEnd(bytes: Uint8Array): number {
  if (bytes.at(-1) !== 0x0a) return 0;
  return bytes.at(-2) === 0x0d ? 2 : 1;
}

/** Asks at the terminal for a line that is not shown. @throws AppEnvError INVALID_ARGUMENT if there is no answer. */
export async function askHidden(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // Before the question, so that an early answer is not shown either.
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  process.stderr.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      terminal.once("line", resolve);
      // Ctrl-C and Ctrl-D.
      terminal.once("close", () => reject(new AppEnvError("INVALID_ARGUMENT", "No value was given.")));
    });
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}
