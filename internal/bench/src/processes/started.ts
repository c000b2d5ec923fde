import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { bornAt, processTree } from "./proc.ts";

/** The user that a process runs as. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Surroundings of a process. */
export interface StartOptions {
  readonly cwd?: string;
  /** Beside the environment of the benchmark itself. Undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: the user who runs the benchmark. */
  readonly user?: User;
}

const running = new Set<Started>();

/** A process that runs until it is stopped. */
export class Started implements AsyncDisposable {
  readonly pid: number;
  /** The moment of its start (`performance.now()`). */
  readonly startedAt: number = performance.now();
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #output = "";
  #stdout = "";

  /** @param words - The program and its arguments. */
  constructor(words: readonly string[], { cwd, env, user }: StartOptions = {}) {
    const [command = "", ...args] = words;
    // Its own group: Ctrl-C reaches the benchmark only, which then ends everything in order.
    this.#child = spawn(command, args, {
      ...(cwd === undefined ? {} : { cwd }),
      ...user,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.pid = this.#child.pid ?? 0;
    this.#child.stdout?.on("data", (chunk) => this.#keep(chunk, true));
    this.#child.stderr?.on("data", (chunk) => this.#keep(chunk, false));
    running.add(this);
    this.#closed = once(this.#child, "close")
      .catch((error: unknown) => (this.#output += String(error)))
      .finally(() => running.delete(this));
  }

  /** The end of its output, for error messages. */
  get output(): string {
    return this.#output;
  }

  /** Its stdout. */
  get stdout(): string {
    return this.#stdout;
  }

  /** True once it has ended. */
  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.pid === 0;
  }

  /**
   * Resolves once it has written these words.
   *
   * @throws Error with its output, if it ends before.
   */
  async untilSays(words: string): Promise<void> {
    const streams = [this.#child.stdout, this.#child.stderr].filter((stream) => stream !== null);
    while (!this.#output.includes(words)) {
      if (this.ended) throw new Error(`It ended and never said "${words}":\n${this.#output}`);
      const waiting = new AbortController();
      const said = streams.map((stream) => once(stream, "data", { signal: waiting.signal }).catch(() => undefined));
      await Promise.race([...said, this.#closed]);
      waiting.abort();
    }
  }

  /** Resolves with the exit code when it has ended and all of its output is read. */
  async end(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }

  /** Ends it and its children with SIGTERM, and after ten seconds with SIGKILL. */
  async stop(): Promise<void> {
    const tree = this.ended ? [] : processTree(this.pid).map((pid) => ({ pid, born: bornAt(pid) }));
    if (!this.ended) this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.killNow(), 10_000);
    await this.#closed;
    clearTimeout(timer);
    for (const { pid, born } of tree) if (bornAt(pid) === born) kill(pid);
  }

  /** Ends it and its children at once. */
  killNow(): void {
    if (this.ended) return;
    for (const pid of processTree(this.pid)) kill(pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #keep(chunk: Buffer, isResult: boolean): void {
    this.#output = (this.#output + chunk.toString()).slice(-10_000);
    if (isResult) this.#stdout += chunk.toString();
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** Ends all processes that still run. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((started) => started.stop()));
}

process.on("exit", () => {
  for (const started of running) started.killNow();
});
