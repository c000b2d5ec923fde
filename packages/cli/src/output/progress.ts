import type { ProgressAbout } from "@appenv/core";
import { MovingLines } from "./moving-lines.ts";

/** Says on stderr what a long command is doing. */
export interface Progress {
  /** Says what the command is doing now, to one environment of a plan if `about` names one. */
  say(message: string, about?: ProgressAbout): void;
  /** Clears the moving lines. */
  stop(): void;
}

/** Shared by all outputs of a process: two that move lines would overwrite each other. */
let shared: Progress | undefined;

/**
 * On a terminal a moving line, or one for each environment of a plan; a plain line for each message elsewhere, and
 * nothing at all if `quiet`.
 */
export function createProgress(quiet: boolean): Progress {
  if (quiet) return { say: () => {}, stop: () => {} };
  return (shared ??= process.stderr.isTTY ? new MovingLines(process.stderr) : lines());
}

function lines(): Progress {
  let last = "";
  return {
    say(message) {
      if (message !== last) process.stderr.write(`${message}\n`);
      last = message;
    },
    stop() {
      last = "";
    },
  };
}
