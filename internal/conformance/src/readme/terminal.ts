import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** A shell command that runs as in a terminal of its own: it and all it starts get the Ctrl-C. */
export class TerminalCommand {
  readonly command: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<number | null>;
  #output = "";
  #errors = "";

  constructor(command: string, cwd: string, env: NodeJS.ProcessEnv) {
    this.command = command;
    this.#child = spawn("bash", ["-c", command], { cwd, env, detached: true });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => (this.#output += text));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#errors += text));
    // `until` reports a command that has ended before something is typed.
    this.#child.stdin.on("error", () => {});
    this.#ended = once(this.#child, "close").then(([code]: (number | null)[]) => code ?? null);
  }

  /** The text it has written to stdout. */
  get output(): string {
    return this.#output;
  }

  /** The text it has written to stderr. */
  get errors(): string {
    return this.#errors;
  }

  /** Resolves with the exit code. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Types a line. */
  type(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Resolves when a condition on what it has printed holds. @throws Error if it ends before that, or takes two minutes. */
  async until(condition: (output: string) => boolean): Promise<void> {
    const late = AbortSignal.timeout(120_000);
    const over = this.#ended.then(() => "has ended");
    const tooLong = once(late, "abort").then(() => "has not come to an end");
    while (!condition(this.#output)) {
      const more = once(this.#child.stdout, "data").then(() => undefined);
      const why = await Promise.race([more, over, tooLong]);
      if (why === undefined || condition(this.#output)) continue;
      throw new Error(`\`${this.command}\` ${why}:\n${this.#output}${this.#errors}`);
    }
  }

  /** Ctrl-C. Resolves with the exit code. */
  async interrupt(): Promise<number | null> {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, "SIGINT");
    } catch {
      // All of its processes have ended.
    }
    return this.#ended;
  }
}

/** Processes whose environment has this variable, where the system tells. */
export function processesWith(variable: string): readonly string[] {
  if (!existsSync("/proc/self/environ")) return [];
  return readdirSync("/proc", { withFileTypes: true }).flatMap(({ name }) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const has = readFileSync(`/proc/${name}/environ`, "utf8").split("\0").includes(variable);
      return has ? [readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ")] : [];
    } catch {
      return []; // It has ended meanwhile, or is another user's.
    }
  });
}
