import { setTimeout as sleep } from "node:timers/promises";
import { isReadAtStart } from "@appenv/core/internal";
import type { ToReplica } from "@appenv/runtime";
import type { Mask } from "../../secrets/mask.ts";
import type { TcpHandle } from "../../sockets/tcp-handle.ts";
import { BootWatch } from "./boot-watch.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { OrphanReaper } from "./orphan-reaper.ts";
import { ReplicaProcess, type ProcessOptions } from "../replica-process.ts";

/** A process of the pool, prepared for one revision of one app. */
interface WarmProcess {
  readonly key: string;
  readonly process: ReplicaProcess;
}

/** The imports that prepare a process for one revision of an app. */
export type Warming = Omit<Extract<ToReplica, { type: "warm" }>, "type"> & {
  /** Hides the secrets among its env vars. */
  readonly mask: Mask | undefined;
  /** True if env vars that are read when a process starts are meant for it, and not for another that it starts. */
  readonly isOwn: boolean;
};

/** A process that the platform has started. */
export interface PoolMember {
  readonly pid: number;
  once(event: "exit", listener: () => void): unknown;
}

/** The directory and env vars that a process runs with. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
}

/** Maximum number of processes that are asked for one duplicate. */
const mostHelpers = 8;
/** Time limit for a process to send a handle back, in milliseconds; then it is busy or stuck, and another one is asked. */
const duplicateMs = 5_000;
/** For a process that may be started only later than this, a duplicate does not wait, in milliseconds. */
const patienceMs = 500;

/**
 * Spare processes with the runtime loaded, so that a replica's start is an import, not a boot. One is kept for any
 * app; one more is kept for the app that was used last and has no replica, with its packages already imported.
 */
export class ProcessPool {
  readonly #options: ProcessOptions;
  readonly #members = new Set<ReplicaProcess>();
  readonly #workers = new WeakSet<ReplicaProcess>();
  readonly #reaper = new OrphanReaper();
  readonly #memory = new MemoryWatch();
  readonly #boots = new BootWatch(() => this.refill());
  #spare: ReplicaProcess | undefined;
  #warm: WarmProcess | undefined;
  #closed = false;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.refill();
  }

  /**
   * A process for a revision: the one warmed for it, else the spare, else a new one. With `surroundings` in which an env
   * var is only read when a process starts, one that started with it.
   */
  take(key: string, surroundings?: Surroundings): ReplicaProcess {
    return this.#takeWarm(key) ?? this.#takeFor(surroundings);
  }

  /** As `take`, for tasks. It is asked for no duplicates, since tasks may compute for long. */
  takeForTasks(surroundings?: Surroundings): ReplicaProcess {
    const process = this.#takeFor(surroundings);
    this.#workers.add(process);
    return process;
  }

  /**
   * Starts a spare if there is none. To be called once a replica takes connections, so as not to slow it down. After
   * processes that ended before they were ready it is started later, each time later.
   */
  refill(): void {
    if (this.#closed || (this.#spare !== undefined && this.#spare.exited === undefined)) return;
    if (this.#boots.waitMs === 0) this.#spare = this.#boot();
    else this.#boots.remind();
  }

  /** Prepares a process for a revision that has no replica; the one prepared before for another is given up. */
  warm(key: string, { mask, isOwn, ...warming }: Warming): void {
    if (this.#closed || this.#warm?.key === key) return;
    this.#warm?.process.kill();
    const process = this.#takeFor(isOwn ? warming : undefined);
    process.mask = mask;
    process.send({ type: "warm", ...warming });
    this.#warm = { key, process };
    this.refill();
  }

  /** Gives up what was prepared for a revision. */
  cool(key: string): void {
    this.#takeWarm(key)?.kill();
  }

  /** Calls `onOver`, with the bytes in use, when a process and those below it use more than `limit` bytes. */
  watchMemory(process: PoolMember, limit: number | undefined, onOver: (used: number) => void): void {
    if (limit === undefined || process.pid === 0) return;
    process.once("exit", this.#memory.add(process.pid, limit, onOver));
  }

  /** Ends a session together with the platform, whatever happens to that. @param leader - The process that leads it. */
  trackSession(leader: PoolMember): void {
    this.#reaper.addSession(leader.pid);
    leader.once("exit", () => this.#reaper.removeSession(leader.pid));
  }

  /** A directory that is to be gone when the platform's processes are, also if the platform is killed. */
  removeAtEnd(directory: string): void {
    this.#reaper.removeAtEnd(directory);
  }

  /** A duplicate of a handle: any process sends it back. Undefined once the pool is closed, and while no process starts. */
  async duplicate(handle: TcpHandle): Promise<TcpHandle | undefined> {
    const asked = new Set<ReplicaProcess>();
    while (!this.#closed && asked.size < mostHelpers) {
      const process = this.#helper(asked) ?? (await this.#newSpare());
      if (process === undefined) return undefined;
      asked.add(process);
      const duplicated = await process.calls.ask("duplicate", undefined, duplicateMs, handle);
      if (duplicated !== undefined) return duplicated as TcpHandle;
      // Nothing but its own fault keeps a spare from answering.
      if (process === this.#spare) process.kill();
    }
    return undefined;
  }

  /** Ends the spares and starts no more; resolves when they are gone. Replicas are their apps' to end. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#boots.close();
    if (this.#members.size === 0) this.#reaper.close();
    await Promise.all([this.#spare?.end(), this.#warm?.process.end()]);
  }

  /** The spare is the best helper, since nothing else keeps it busy; a replica may be in a long computation. */
  #helper(asked: ReadonlySet<ReplicaProcess>): ReplicaProcess | undefined {
    const recently = performance.now() - 10_000;
    const replicas = [...this.#members].filter((member) => !this.#workers.has(member) && member.lastSign > recently);
    const candidates = [this.#spare, this.#warm?.process, ...replicas];
    return candidates.find((member) => member !== undefined && !member.exited && !asked.has(member));
  }

  async #newSpare(): Promise<ReplicaProcess | undefined> {
    const { waitMs } = this.#boots;
    if (waitMs > patienceMs) return undefined;
    if (waitMs > 0) await sleep(waitMs, undefined, { ref: false });
    if (this.#closed) return undefined;
    if (this.#spare === undefined || this.#spare.exited !== undefined) this.#spare = this.#boot();
    return this.#spare;
  }

  #takeWarm(key: string): ReplicaProcess | undefined {
    const warm = this.#warm;
    if (warm?.key !== key) return undefined;
    this.#warm = undefined;
    return warm.process.exited === undefined ? warm.process : undefined;
  }

  #takeFor(surroundings: Surroundings | undefined): ReplicaProcess {
    const { env, entry } = this.#options;
    const needsOwn = Object.entries(surroundings?.env ?? {}).some(
      ([name, value]) => isReadAtStart(name) && env[name] !== value,
    );
    if (surroundings === undefined || !needsOwn) return this.#takeSpare() ?? this.#boot();
    return this.#add(new ReplicaProcess({ entry, env: { ...env, ...surroundings.env }, cwd: surroundings.workdir }));
  }

  #takeSpare(): ReplicaProcess | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.exited === undefined ? spare : undefined;
  }

  #boot(): ReplicaProcess {
    const process = this.#add(new ReplicaProcess(this.#options));
    this.#boots.watch(process);
    return process;
  }

  #add(process: ReplicaProcess): ReplicaProcess {
    this.#members.add(process);
    if (process.pid > 0) this.#reaper.add(process.pid);
    process.once("exit", () => {
      this.#members.delete(process);
      if (process.pid > 0) this.#reaper.remove(process.pid);
      if (this.#closed && this.#members.size === 0) this.#reaper.close();
      if (this.#warm?.process === process) this.#warm = undefined;
    });
    return process;
  }
}
