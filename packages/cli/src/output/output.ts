import { terminalJson, terminalText } from "@appenv/core/internal";
import { createProgress, type Progress } from "./progress.ts";

/** Where a command writes. */
export interface Output {
  /** Whether results are JSON. */
  readonly json: boolean;
  /** What it is doing, on stderr. */
  readonly progress: Progress;
  /** A result: the value as JSON on one line, or the text, on stdout. */
  result(value: unknown, text: string): void;
  /** Something to know beside the result, on stderr; left out with `--json`. */
  note(text: string): void;
}

/** The output of a command with these options. */
export function createOutput(options: { readonly json?: boolean }): Output {
  const json = options.json ?? false;
  const progress = createProgress(json);
  return {
    json,
    progress,
    result(value, text) {
      progress.stop();
      const { stdout } = process;
      stdout.write(`${json ? terminalJson(JSON.stringify(value), stdout) : terminalText(text, stdout)}\n`);
    },
    note(text) {
      progress.stop();
      if (!json) process.stderr.write(`${terminalText(text, process.stderr)}\n`);
    },
  };
}
