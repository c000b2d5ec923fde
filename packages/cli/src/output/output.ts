import { terminalJson, terminalText } from "@appenv/core/internal";
import { createProgress, type Progress } from "./progress.ts";

/** The output of a command: results on stdout, everything else on stderr. */
export interface Output {
  /** True if results are JSON. */
  readonly json: boolean;
  /** Shows what the command is doing. */
  readonly progress: Progress;
  /** Writes a result: the value as JSON on one line, or the text. */
  result(value: unknown, text: string): void;
  /** Writes the items of a list, or the note where there are none; with `--json` the list in any case. */
  list(items: readonly unknown[], text: string, none: string): void;
  /** Writes something to know beside the result; nothing with `--json`. */
  note(text: string): void;
  /** Says what the command is doing until that is done or has failed. */
  during<T>(doing: string, action: () => Promise<T>): Promise<T>;
}

/** The output of a command with these options. */
export function createOutput(options: { readonly json?: boolean }): Output {
  const json = options.json ?? false;
  const progress = createProgress(json);
  const output: Output = {
    json,
    progress,
    result(value, text) {
      progress.stop();
      const { stdout } = process;
      stdout.write(`${json ? terminalJson(JSON.stringify(value), stdout) : terminalText(text, stdout)}\n`);
    },
    list(items, text, none) {
      if (items.length > 0 || json) output.result(items, text);
      else output.note(none);
    },
    note(text) {
      progress.stop();
      if (!json) process.stderr.write(`${terminalText(text, process.stderr)}\n`);
    },
    async during(doing, action) {
      progress.say(doing);
      try {
        return await action();
      } finally {
        progress.stop();
      }
    },
  };
  return output;
}
