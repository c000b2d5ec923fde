import { fork, spawn, type ChildProcess, type SendHandle } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { FromReplica, ReplicaStart, ToReplica } from "../src/index.ts";

export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

const replicaMain = fileURLToPath(new URL("../src/replica/main.ts", import.meta.url));

/** Resolves to true when there is no process of this id. */
export async function untilGone(pid: number): Promise<true> {
  while (isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  return true;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A process of the test's own, ended with it, whose output is collected. */
export class TestProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  output = "";
  #changed = Promise.withResolvers<void>();

  constructor(child: ChildProcess) {
    this.child = child;
    this.exited = once(child, "close").then(([code]) => code as number | null);
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => this.#add(String(chunk)));
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await this.exited;
    });
  }

  /** The first match in the output so far, waited for. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    const ended = this.exited.then(() => true);
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      const over = await Promise.race([ended, this.#changed.promise]);
      if (over === true && !pattern.test(this.output)) throw new Error(`ended without ${pattern}: ${this.output}`);
    }
  }

  #add(text: string): void {
    this.output += text;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

/** Runs a file with this Node. */
export function runFile(file: string, args: readonly string[] = [], env: Record<string, string> = {}): TestProcess {
  return new TestProcess(spawn(process.execPath, [file, ...args], { env: { ...process.env, ...env } }));
}

/** A replica, seen from the platform. */
export class TestReplica extends TestProcess {
  readonly received: FromReplica[] = [];
  readonly #handles = new Map<FromReplica, unknown>();
  #arrived = Promise.withResolvers<void>();

  constructor(env: Record<string, string> = {}) {
    const child = fork(replicaMain, [], { silent: true, env: { ...process.env, ...env } });
    super(child);
    child.on("message", (message, handle) => {
      this.received.push(message as FromReplica);
      this.#handles.set(message as FromReplica, handle);
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers<void>();
    });
  }

  say(message: ToReplica, handle?: unknown): void {
    this.child.send(message, handle as SendHandle, { keepOpen: true });
  }

  start(start: Partial<ReplicaStart> & Pick<ReplicaStart, "launch">): void {
    const defaults: ReplicaStart = {
      replica: "test-replica",
      app: "test-app",
      launch: start.launch,
      workdir: fileURLToPath(new URL("fixtures", import.meta.url)),
      env: {},
      port: 8080,
      auth: { required: false, keyHashes: [] },
      loadIntervalMs: 20,
    };
    this.say({ type: "start", start: { ...defaults, ...start } });
  }

  /** The first message of a type that satisfies the condition, also one that arrived before. */
  async hears<T extends FromReplica["type"]>(
    type: T,
    condition: (message: Extract<FromReplica, { type: T }>) => boolean = () => true,
  ): Promise<Extract<FromReplica, { type: T }>> {
    const fits = (message: FromReplica): message is Extract<FromReplica, { type: T }> =>
      message.type === type && condition(message as Extract<FromReplica, { type: T }>);
    const ended = this.exited.then(() => true);
    for (;;) {
      const found = this.received.find(fits);
      if (found !== undefined) return found;
      const over = await Promise.race([ended, this.#arrived.promise]);
      if (over === true && !this.received.some(fits)) throw new Error(`ended without ${type}: ${this.output}`);
    }
  }

  handleOf(message: FromReplica): unknown {
    return this.#handles.get(message);
  }
}
