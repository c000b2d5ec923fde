import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { AppEnvError } from "@appenv/core";

/** Asks at the terminal for a line that is not shown. @throws AppEnvError INVALID_ARGUMENT if there is no answer. */
export async function askHidden(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // Before the question: whoever answers at once is not shown either.
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
