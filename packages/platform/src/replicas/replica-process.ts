import { spawn, type ChildProcess } from "node:child_process";
import type { Socket } from "node:net";
import {
  Calls,
  type FromReplica,
  type PlatformAsks,
  type ReplicaAsks,
  type ReplicaLoad,
  type ToReplica,
} from "@appenv/runtime/ipc";
import { IsolatingEmitter } from "./isolating-emitter.ts";
import type { Mask } from "../secrets/mask.ts";
import { maskMessage } from "../secrets/mask-message.ts";
import type { TcpHandle } from "../sockets/tcp-handle.ts";
import { guardChannel } from "./guard-channel.ts";
import { splitLines } from "./split-lines.ts";

/** The end of a process. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The error of a start that the system refused, for example for want of file descriptors. */
  readonly spawnError?: Error;
}

/** Time that output is awaited after the exit of a process, if another that it has started holds it open, in milliseconds. */
const outputMs = 1_000;
/** Time limit for a process that has closed its channel: it is about to end, or has gone astray. In milliseconds. */
const disconnectedMs = 10_000;

interface Events {
  message: [message: Exclude<FromReplica, { type: "ask" | "answer" }>];
  output: [stream: "stdout" | "stderr", lines: readonly string[]];
  exit: [exit: ProcessExit];
}

/** The file that a process runs, and its env vars. */
export interface ProcessOptions {
  /** The file of the runtime's replica. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  /** The directory it starts in. Default: this process's. */
  readonly cwd?: string;
}

/** A process that is or can become a replica. Its messages, output and exit are events. */
export class ReplicaProcess extends IsolatingEmitter<Events> {
  readonly pid: number;
  /** Questions to it, and the answers to its questions. Closed when it has ended. */
  readonly calls: Calls<PlatformAsks, ReplicaAsks> = new Calls((message, handle) =>
    this.send(message, handle as TcpHandle | undefined),
  );
  /** The time of its last message, in milliseconds of `performance.now()`. */
  lastSign: number = performance.now();
  /** Its last report. */
  load: ReplicaLoad | undefined;
  /** Hides its secrets in its output and its messages; set before it is given them. */
  mask: Mask | undefined;
  /** The fault of a process that has to be killed; undefined if it has none. */
  fault: string | undefined;
  /** Undefined if it could not be started. */
  readonly #child: ChildProcess | undefined;
  #exit: ProcessExit | undefined;

  constructor({ entry, env, cwd }: ProcessOptions) {
    super("a process");
    this.#child = this.#spawn({ entry, env, ...(cwd === undefined ? {} : { cwd }) });
    this.pid = this.#child?.pid ?? 0;
    if (this.#child === undefined) return;
    this.#child.on("message", (message, handle) => this.#receive(message, handle as never));
    guardChannel(this.#child, () => {
      this.fault = "it wrote something into its IPC channel that is no message";
      this.kill();
    });
    for (const name of ["stdout", "stderr"] as const) this.#readOutput(this.#child, name);
    this.#watchEnd(this.#child);
  }

  /** Its end; undefined while it runs. */
  get exited(): ProcessExit | undefined {
    return this.#exit;
  }

  /** True if it was sent a signal from here. */
  get killed(): boolean {
    return this.#child?.killed === true;
  }

  /** Sends a message, with a handle beside it. A process that is gone does not get it; its `exit` tells. */
  send(message: ToReplica, handle?: TcpHandle | Socket): void {
    if (this.#child?.connected !== true) return;
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

  /** SIGKILL takes the processes along that it has started, unless these have a group of their own. */
  kill(signal: NodeJS.Signals = "SIGKILL"): void {
    const isSent = this.#child?.kill(signal) === true;
    if (isSent && signal === "SIGKILL" && process.platform !== "win32") killGroup(this.pid);
  }

  /** Kills it, and resolves when it has ended. */
  async end(): Promise<void> {
    if (this.#exit !== undefined) return;
    const ended = new Promise<void>((resolve) => this.once("exit", () => resolve()));
    this.kill();
    await ended;
  }

  /** Undefined, and an `exit` to come, if the system does not let it start now. */
  #spawn({ entry, env, cwd }: ProcessOptions): ChildProcess | undefined {
    const failed = (spawnError: Error): void => this.#ended({ code: null, signal: null, spawnError });
    try {
      const child = spawn(process.execPath, [entry], {
        env,
        cwd,
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        serialization: "advanced",
        // A session of its own: a signal to the platform's process group, such as Ctrl-C, does not reach it.
        detached: process.platform !== "win32",
      });
      child.on("error", (error) => {
        if (child.pid === undefined) failed(error);
      });
      return child;
    } catch (error) {
      process.nextTick(failed, error);
      return undefined;
    }
  }

  #readOutput(child: ChildProcess, name: "stdout" | "stderr"): void {
    // A process that could not be started has no streams at all, although the types promise them.
    const stream = (child as Partial<ChildProcess>)[name];
    if (stream === undefined || stream === null) return;
    splitLines(
      stream,
      (lines) => this.emit("output", name, lines),
      () => this.mask,
    );
  }

  /**
   * It has ended when its output and its messages were read to their end; both may come after its exit. `close` tells
   * the one and `disconnect` the other. A failed spawn has neither.
   */
  #watchEnd(child: ChildProcess): void {
    const awaited = new Set(["close", "disconnect"]);
    const arrived = (event: string): void => {
      awaited.delete(event);
      if (awaited.size === 0) this.#ended({ code: child.exitCode, signal: child.signalCode });
    };
    child.on("close", () => arrived("close"));
    child.on("disconnect", () => {
      setTimeout(() => this.#endDisconnected(), disconnectedMs).unref();
      arrived("disconnect");
    });
    child.on("exit", (code, signal) => {
      setTimeout(() => this.#ended({ code, signal }), outputMs).unref();
    });
  }

  #endDisconnected(): void {
    if (this.#exit !== undefined) return;
    this.fault ??= "it had closed its channel to the platform";
    this.kill();
  }

  #receive(message: unknown, handle: TcpHandle | undefined): void {
    this.lastSign = performance.now();
    if (!isMessage(message)) return;
    if (message.type === "load") this.load = message.load;
    if (message.type === "ask" || message.type === "answer") this.calls.receive(message, handle);
    else this.emit("message", this.mask === undefined ? message : maskMessage(message, this.mask));
  }

  #ended(exit: ProcessExit): void {
    if (this.#exit !== undefined) return;
    this.#exit = exit;
    this.calls.close();
    this.emit("exit", exit);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It was alone, and is gone.
  }
}

/** User code may send messages of its own, as for another process manager. */
function isMessage(message: unknown): message is FromReplica {
  return typeof message === "object" && message !== null && typeof (message as { type?: unknown }).type === "string";
}

/** A process ended where something was still expected of it. */
export class ProcessEnded extends Error {
  readonly exit: ProcessExit;

  constructor(exit: ProcessExit) {
    super(`The process ${describeExit(exit)}.`);
    this.exit = exit;
  }
}

/** The end of a process, in words: `exited with code 1`. */
export function describeExit({ code, signal, spawnError }: ProcessExit): string {
  if (spawnError !== undefined) return `could not be started: ${spawnError.message}`;
  return signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
}
