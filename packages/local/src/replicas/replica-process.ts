import { spawn, type ChildProcess } from "node:child_process";
import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import type { FromReplica, ReplicaLoad, ToReplica } from "@appenv/runtime";
import type { TcpHandle } from "../sockets/tcp-handle.ts";
import { splitLines } from "./split-lines.ts";

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface Events {
  message: [message: FromReplica, handle: TcpHandle | undefined];
  output: [stream: "stdout" | "stderr", lines: readonly string[]];
  exit: [exit: ProcessExit];
}

/** What is started, and with which env vars. */
export interface ProcessOptions {
  /** The file of the runtime's replica. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A process that is or can become a replica. Its messages, output and exit are events. */
export class ReplicaProcess extends EventEmitter<Events> {
  readonly pid: number;
  /** When it last said something, in milliseconds of `performance.now()`. */
  lastSign: number = performance.now();
  /** Its last report. */
  load: ReplicaLoad | undefined;
  readonly #child: ChildProcess;
  #exit: ProcessExit | undefined;

  constructor({ entry, env }: ProcessOptions) {
    super();
    this.#child = spawn(process.execPath, [entry], {
      env,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      serialization: "advanced",
    });
    this.pid = this.#child.pid ?? 0;
    this.#child.on("message", (message, handle) => this.#receive(message as FromReplica, handle as never));
    for (const name of ["stdout", "stderr"] as const) {
      const stream = this.#child[name];
      if (stream !== null) splitLines(stream, (lines) => this.emit("output", name, lines));
    }
    // `close` comes after the output was read to its end, `exit` may come before; a failed spawn has no exit at all.
    this.#child.on("close", (code, signal) => this.#ended({ code, signal }));
    this.#child.on("error", () => this.#ended({ code: null, signal: null }));
  }

  /** How it ended, once it has. */
  get exited(): ProcessExit | undefined {
    return this.#exit;
  }

  /** Sends a message, with a handle beside it. A process that is gone does not get it; its `exit` tells. */
  send(message: ToReplica, handle?: TcpHandle | Socket): void {
    if (!this.#child.connected) return;
    this.#child.send(message, handle as never, { keepOpen: false }, () => undefined);
  }

  /** Resolves with the first message of one of these types; rejects when the process ends before. */
  async next<T extends FromReplica["type"]>(...types: readonly T[]): Promise<Extract<FromReplica, { type: T }>> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: FromReplica): void => {
        if (!types.includes(message.type as T)) return;
        done();
        resolve(message as Extract<FromReplica, { type: T }>);
      };
      const onExit = (exit: ProcessExit): void => {
        done();
        reject(new ProcessEnded(exit));
      };
      const done = (): void => {
        this.off("message", onMessage);
        this.off("exit", onExit);
      };
      if (this.#exit !== undefined) return onExit(this.#exit);
      this.on("message", onMessage);
      this.on("exit", onExit);
    });
  }

  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    this.#child.kill(signal);
  }

  /** Kills it, and resolves when it has ended. */
  async end(): Promise<void> {
    if (this.#exit !== undefined) return;
    const ended = new Promise<void>((resolve) => this.once("exit", () => resolve()));
    this.kill();
    await ended;
  }

  #receive(message: FromReplica, handle: TcpHandle | undefined): void {
    this.lastSign = performance.now();
    if (message.type === "load") this.load = message.load;
    this.emit("message", message, handle);
  }

  #ended(exit: ProcessExit): void {
    if (this.#exit !== undefined) return;
    this.#exit = exit;
    this.emit("exit", exit);
  }
}

/** A process ended where something was still expected of it. */
export class ProcessEnded extends Error {
  readonly exit: ProcessExit;

  constructor(exit: ProcessExit) {
    super(
      exit.signal === null
        ? `The process ended with exit code ${exit.code}.`
        : `The process was ended by ${exit.signal}.`,
    );
    this.exit = exit;
  }
}
