import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { AppEnvError } from "@appenv/core";
import type { ProcessExit } from "@appenv/engine";
import { IsolatingEmitter } from "../../replicas/isolating-emitter.ts";
import { splitLines } from "../../replicas/split-lines.ts";
import type { Mask } from "../../secrets/mask.ts";
import { killSession } from "./kill-session.ts";

/** A program with its surroundings. */
export interface Program {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Hides its secrets in its output. */
  readonly mask: Mask | undefined;
}

interface Events {
  output: [stream: "stdout" | "stderr", lines: readonly string[]];
  exit: [exit: ProcessExit];
}

/** A program in a session of its own, which ends with all that it has started there. */
export class ProgramProcess extends IsolatingEmitter<Events> {
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, mask: Mask | undefined) {
    super("a program");
    this.#child = child;
    this.pid = child.pid as number;
    for (const name of ["stdout", "stderr"] as const) {
      const stream = child[name];
      if (stream !== null) {
        splitLines(
          stream,
          (lines) => this.emit("output", name, lines),
          () => mask,
        );
      }
    }
    // Children that it leaves would hold its output open, and go on with work that nobody waits for.
    child.once("exit", () => killSession(this.pid));
    child.once("close", (code, signal) => this.emit("exit", { code, signal }));
  }

  /** Starts a program. @throws AppEnvError START_FAILED. */
  static async start({ words, env, cwd, mask }: Program): Promise<ProgramProcess> {
    const [command = "", ...args] = words;
    const child = spawn(command, args, { env, cwd, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const program = child.pid === undefined ? undefined : new ProgramProcess(child, mask);
    try {
      await once(child, "spawn");
    } catch (error) {
      throw new AppEnvError("START_FAILED", `The task's program '${command}' could not be started: ${String(error)}`, {
        fix: "On one machine a container's program is one of this machine: install it, or run the task on a cluster.",
        cause: error,
      });
    }
    return program as ProgramProcess;
  }

  kill(signal: "SIGTERM" | "SIGKILL"): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    if (signal === "SIGKILL") killSession(this.pid);
    else this.#child.kill(signal);
  }
}
