import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { Template } from "./template.ts";

/** One line of a pod's log. */
export interface PodLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly text: string;
}

/** Times of pods, in milliseconds. All are shorter than Kubernetes', so that tests are quick. */
export interface PodTimes {
  /** From SIGTERM to SIGKILL. Kubernetes: 30 s. */
  readonly graceMs: number;
  /** Before the first restart of a container; doubles with each. Kubernetes: 10 s. */
  readonly restartMs: number;
}

interface PodEvents {
  /** The container answers on its port. */
  ready: [];
  /** The container has ended, with the last line that it wrote. */
  exited: [last: string];
  line: [PodLine];
  /** The pod is gone for good. */
  gone: [];
}

const probeMs = 50;

/** A pod of a revision: one container, which is a process of this machine and is started again whenever it ends. */
export class Pod extends EventEmitter<PodEvents> {
  readonly name: string;
  /** The port that the container is told to listen on. */
  readonly port: number;
  readonly lines: PodLine[] = [];
  /** Number of starts of the container. */
  starts = 0;
  readonly #template: Template;
  readonly #env: Readonly<Record<string, string>>;
  readonly #times: PodTimes;
  readonly #ending = new AbortController();
  #child: ChildProcess | undefined;

  /** @param revision - Name of its revision. @param env - Env vars that Knative adds. */
  constructor(
    revision: string,
    port: number,
    template: Template,
    env: Readonly<Record<string, string>>,
    times: PodTimes,
  ) {
    super();
    this.setMaxListeners(0);
    this.name = `${revision}-deployment-${randomBytes(4).toString("hex")}-${randomBytes(2).toString("hex")}x`;
    this.port = port;
    this.#template = template;
    this.#env = env;
    this.#times = times;
  }

  /** True until its end was asked for. */
  get isRunning(): boolean {
    return !this.#ending.signal.aborted;
  }

  /** Process id of the container; undefined while none runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    this.starts += 1;
    const { words, env } = this.#template;
    const [command = "", ...args] = words;
    const child = spawn(command === "node" ? process.execPath : command, args, {
      env: { PATH: process.env["PATH"], ...env, ...this.#env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on("line", (text) => this.#log(text));
    child.on("error", (error) => this.#log(`failed to start the container: ${error.message}`));
    child.on("close", () => this.#closed());
    void this.#probe(child);
  }

  /** Deletes the pod: SIGTERM, then SIGKILL. Resolves when its process is gone. */
  async delete(): Promise<void> {
    if (!this.isRunning) return this.#gone();
    this.#ending.abort();
    const child = this.#child;
    if (child === undefined) return void this.emit("gone");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), this.#times.graceMs);
    await this.#gone();
    clearTimeout(timer);
  }

  /** Kills the container's process, as the kernel does when memory is short; it is started again. */
  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  async #gone(): Promise<void> {
    if (this.#child !== undefined) await new Promise<void>((resolve) => this.once("gone", resolve));
  }

  #log(text: string): void {
    const line = { time: Date.now(), text };
    this.lines.push(line);
    this.emit("line", line);
  }

  #closed(): void {
    this.#child = undefined;
    if (!this.isRunning) return void this.emit("gone");
    this.emit("exited", this.lines.at(-1)?.text ?? "");
    const pause = this.#times.restartMs * 2 ** Math.min(this.starts - 1, 5);
    sleep(pause, undefined, { signal: this.#ending.signal, ref: false }).then(
      () => this.start(),
      () => {},
    );
  }

  /** Connects to the container's port until it accepts, as Knative's sidecar does. */
  async #probe(child: ChildProcess): Promise<void> {
    while (this.isRunning && this.#child === child) {
      if (await accepts(this.port)) return void (this.#child === child && this.emit("ready"));
      await sleep(probeMs, undefined, { ref: false });
    }
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
