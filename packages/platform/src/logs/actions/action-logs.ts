import { rm } from "node:fs/promises";
import type { ActionId, RunId } from "@appenv/protocol";
import { cutLine, type LogLine } from "../log-line.ts";
import { ActionLog } from "./action-log.ts";
import { runDirectory } from "../log-paths.ts";
import type { WaitingBytes } from "../log-file.ts";
import { follow, type ActionLogLine, type ActionTailOptions } from "./follow.ts";

export type { ActionLogLine, ActionTailOptions } from "./follow.ts";

/** The output of attempts, on disk. */
export interface ActionLogs {
  /**
   * Takes a line of an attempt, without its line break. Never throws and never waits: a line that cannot be written is counted
   * and said in the next one that can. @param at - Milliseconds since 1970.
   */
  write(id: ActionId, attempt: number, at: number, stream: ActionLogLine["stream"], text: string): void;
  /** The lines of an action, attempt by attempt, possibly none; then new ones as they come, if asked for. */
  tail(id: ActionId, options?: ActionTailOptions): AsyncGenerator<ActionLogLine, void>;
  /** To be called after the last line of an action: its followers come to the end. */
  ended(id: ActionId): void;
  /** Deletes the logs of a run. Files that cannot be deleted stay. */
  remove(run: RunId): Promise<void>;
  /** Resolves when everything is written; ends every tail. */
  close(): Promise<void>;
}

/** Limits of the logs of actions. */
export interface ActionLogLimits {
  /** Maximum bytes of an attempt on disk; further lines are left out, which a line says. Default 16 MiB. */
  readonly attemptBytes: number;
  /** Maximum bytes of all attempts together that wait for the disk. Default 64 MiB. */
  readonly pendingBytes: number;
}

const defaultLimits: ActionLogLimits = { attemptBytes: 16 * 2 ** 20, pendingBytes: 64 * 2 ** 20 };

/** Time for which lines are collected, in milliseconds: a killed platform loses them. */
const collectMs = 20;
/** Maximum logs that are written at once; the disk is needed for other things too. */
const writers = 8;

/** Keeps logs below `directory`, as `<project>/<domain>/<run>/<action>.<attempt>.log`. Nothing is made before a line is. */
export function openActionLogs(directory: string, limits: Partial<ActionLogLimits> = {}): ActionLogs {
  const known = new KnownLogs(directory, { ...defaultLimits, ...limits });
  return {
    write: (id, attempt, at, stream, text) =>
      known.write(id, attempt, { timestamp: new Date(at), stream, message: cutLine(text) }),
    async *tail(id, options = {}) {
      const log = known.get(id);
      try {
        yield* follow(log, options);
      } finally {
        known.settle(id, log);
      }
    },
    ended: (id) => known.end(id),
    remove: async (run) => {
      await known.forget(run);
      await rm(runDirectory(directory, run), { recursive: true, force: true }).catch(() => {});
    },
    close: () => known.close(),
  };
}

/** The logs of which not everything is on disk, by run and action. */
class KnownLogs {
  readonly #directory: string;
  readonly #limits: ActionLogLimits;
  readonly #runs = new Map<string, Map<string, ActionLog>>();
  /** The logs with lines that wait for the disk. */
  readonly #dirty = new Map<ActionLog, ActionId>();
  readonly #waiting: WaitingBytes = { bytes: 0 };
  #writing = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(directory: string, limits: ActionLogLimits) {
    this.#directory = directory;
    this.#limits = limits;
  }

  get(id: ActionId): ActionLog {
    const key = runKey(id);
    const run = this.#runs.get(key) ?? new Map<string, ActionLog>();
    this.#runs.set(key, run);
    const log =
      run.get(id.action) ??
      new ActionLog(runDirectory(this.#directory, id), id.action, this.#limits.attemptBytes, this.#waiting);
    run.set(id.action, log);
    return log;
  }

  write(id: ActionId, attempt: number, line: LogLine): void {
    const log = this.get(id);
    if (this.#waiting.bytes > this.#limits.pendingBytes) return log.file(attempt).lose(1, "the disk is too slow");
    log.file(attempt).add(line);
    this.#dirty.set(log, id);
    this.#timer ??= setTimeout(() => this.#writeSome(), collectMs);
  }

  end(id: ActionId): void {
    const log = this.#runs.get(runKey(id))?.get(id.action);
    if (log === undefined) return;
    void log.end().then(() => this.settle(id, log));
  }

  /** Forgets a log if everything of it is on disk. */
  settle(id: ActionId, log: ActionLog): void {
    if (!log.settled) return;
    const run = this.#runs.get(runKey(id));
    if (run?.get(id.action) !== log) return;
    run.delete(id.action);
    if (run.size === 0) this.#runs.delete(runKey(id));
  }

  async forget(id: RunId): Promise<void> {
    const logs = [...(this.#runs.get(runKey(id))?.values() ?? [])];
    this.#runs.delete(runKey(id));
    for (const log of logs) log.discard();
    await Promise.all(logs.map((log) => log.flush()));
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const logs = [...this.#runs.values()].flatMap((run) => [...run.values()]);
    // No more at once than while they are written, since each takes a file descriptor.
    const rest = logs.values();
    await Promise.all(Array.from({ length: writers }, () => endAll(rest)));
  }

  #writeSome(): void {
    this.#timer = undefined;
    for (const [log, id] of this.#dirty) {
      if (this.#writing >= writers) return;
      this.#dirty.delete(log);
      this.#writing += 1;
      void this.#write(log, id);
    }
  }

  async #write(log: ActionLog, id: ActionId): Promise<void> {
    await log.flush();
    this.#writing -= 1;
    this.settle(id, log);
    this.#writeSome();
  }
}

/** Ends logs, one after the other, which others may take from too. */
async function endAll(logs: Iterator<ActionLog>): Promise<void> {
  for (let next = logs.next(); next.done !== true; next = logs.next()) await next.value.end();
}

function runKey({ project, domain, run }: RunId): string {
  return `${project}/${domain}/${run}`;
}
