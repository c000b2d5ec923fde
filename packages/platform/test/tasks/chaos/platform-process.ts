import { fork, type ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { PlatformOptions } from "../../../src/index.ts";

const file = fileURLToPath(new URL("fixtures/platform-process.ts", import.meta.url));

/** A platform in a process of its own that is killed and started again, over the same state. */
export class KilledPlatform {
  readonly home: string;
  /** Of the processes so far, the last one last. */
  readonly pids: number[] = [];
  /** Everything that was written to stderr. */
  readonly errors: string[] = [];
  readonly #events: EventEmitter = new EventEmitter().setMaxListeners(0);
  readonly #options: Omit<PlatformOptions, "home" | "port">;
  #child: ChildProcess | undefined;
  #endpoint: string | undefined;

  constructor(home: string, options: Omit<PlatformOptions, "home" | "port"> = {}) {
    this.home = home;
    this.#options = options;
    onTestFinished(async () => {
      await this.close();
    });
  }

  /** Starts a process, without waiting until it answers. */
  start(): void {
    const child = fork(file, [this.home, JSON.stringify(this.#options)], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child = child;
    this.pids.push(child.pid ?? 0);
    child.stderr?.on("data", (text: Buffer) => this.errors.push(String(text)));
    child.once("message", (endpoint) => {
      if (this.#child !== child) return;
      this.#endpoint = String(endpoint);
      this.#events.emit("up");
    });
    child.once("exit", (code) => {
      if (this.#child !== child) return;
      this.errors.push(`The platform ended by itself with code ${code}.`);
      this.#events.emit("up");
    });
  }

  /** Resolves with its URL once one answers. */
  async up(): Promise<string> {
    if (this.#endpoint === undefined) await once(this.#events, "up");
    if (this.#endpoint === undefined) throw new Error(this.errors.join(""));
    return this.#endpoint;
  }

  /** `kill -9`. Resolves when the process is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    [this.#child, this.#endpoint] = [undefined, undefined];
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }

  /** Ends it as `appenv up` ends. Resolves with its exit code. */
  async close(): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    [this.#child, this.#endpoint] = [undefined, undefined];
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, "exit") as Promise<[number | null]>;
    child.send("close");
    return (await exited)[0];
  }
}
