const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** Says on stderr what a long command is doing. */
export interface Progress {
  /** What it is doing now. */
  say(message: string): void;
  /** Nothing any more; clears the moving line. */
  stop(): void;
}

/** Whoever says something last in a process is heard: two moving lines would overwrite each other. */
let shared: Progress | undefined;

/** A moving line on a terminal, a plain line for each message elsewhere, and nothing at all if `quiet`. */
export function createProgress(quiet: boolean): Progress {
  if (quiet) return { say: () => {}, stop: () => {} };
  return (shared ??= process.stderr.isTTY ? spinner() : lines());
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

function spinner(): Progress {
  let message = "";
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    const width = (process.stderr.columns || 80) - 3;
    process.stderr.write(`\r\u001B[K${frames[(frame += 1) % frames.length]} ${message.slice(0, width)}`);
  };
  return {
    say(text) {
      message = text;
      timer ??= setInterval(draw, 80).unref();
      draw();
    },
    stop() {
      if (timer === undefined) return;
      clearInterval(timer);
      timer = undefined;
      process.stderr.write("\r\u001B[K");
    },
  };
}
