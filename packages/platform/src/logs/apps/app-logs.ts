import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { AppId } from "@appenv/protocol";
import type { LogSink } from "../log-sink.ts";
import { AppLog, type LogLimits, type OlderOptions } from "./app-log.ts";
import { FollowQueue } from "./follow-queue.ts";
import type { OlderLines } from "./older-lines.ts";
import type { LogPosition } from "../read-before.ts";
import type { LogBatch, LogLine } from "../log-line.ts";
import { appDirectory, replicaOf } from "../log-paths.ts";

/** Options of reading an app's logs. */
export interface TailOptions {
  /** One replica only. Default: all. */
  readonly replica?: string;
  /** Maximum last lines. Default 1000. */
  readonly limit?: number;
  /** True to wait for new lines until `signal` is aborted or the logs are removed. Default false. */
  readonly follow?: boolean;
  /** Ends the tail without an error. */
  readonly signal?: AbortSignal;
}

/** The output of all replicas, on disk. */
export interface Logs extends LogSink {
  /** The replicas that have logs, sorted by name. */
  replicas(id: AppId): Promise<string[]>;
  /** First the last lines of an app in the order of time, possibly none; then new ones, as they come. */
  tail(id: AppId, options?: TailOptions): AsyncGenerator<readonly LogBatch[], void>;
  /** The lines before those that a reader has. See `AppLog.before`. */
  before(id: AppId, known: ReadonlyMap<string, LogPosition>, options: OlderOptions): Promise<OlderLines>;
  /** Deletes the logs of apps that are not there any more, which a platform that was killed has left. @param apps - Those there are. */
  removeOthers(apps: () => readonly AppId[]): Promise<void>;
  /** Resolves when everything is written; ends every tail. */
  close(): Promise<void>;
}

const defaultLimits: LogLimits = {
  fileBytes: 5 * 1024 * 1024,
  pendingBytes: 4 * 1024 * 1024,
  replicas: 10,
};

/** Keeps logs under `root`, as `<project>/<domain>/<app>/<replica>.log`. */
export function openLogs(root: string, limits: Partial<LogLimits> = {}): Logs {
  const apps = new Map<string, AppLog>();
  const appLog = (id: AppId): AppLog => {
    const directory = appDirectory(root, id);
    const known = apps.get(directory) ?? new AppLog(directory, { ...defaultLimits, ...limits });
    apps.set(directory, known);
    return known;
  };
  return {
    write: (id, replica, stream, lines) => {
      if (lines.length > 0) appLog(id).write(replica, stream, lines);
    },
    remove: (id) => {
      // Files that cannot be deleted stay; the app's next replica has another name.
      void appLog(id)
        .remove()
        .catch(() => {});
    },
    removeOthers: async (there) => {
      for (const directory of await appDirectories(root)) {
        if (apps.has(directory) || (await isYoung(directory))) continue;
        if (there().some((id) => appDirectory(root, id) === directory)) continue;
        await rm(directory, { recursive: true, force: true }).catch(() => {});
      }
    },
    replicas: async (id) => {
      await apps.get(appDirectory(root, id))?.flushed();
      const files = await readdir(appDirectory(root, id)).catch(() => []);
      return [...new Set(files.flatMap((file) => replicaOf(file) ?? []))].toSorted();
    },
    before: (id, known, options) => appLog(id).before(known, options),
    tail: (id, options = {}) => tail(appLog(id), options),
    close: async () => {
      for (const app of apps.values()) app.endFollowers();
      await Promise.all([...apps.values()].map((app) => app.flushed()));
    },
  };
}

/** Time for which a directory stays after its last change, in milliseconds: its app may be about to be stored. */
const settlingMs = 3_600_000;

async function isYoung(directory: string): Promise<boolean> {
  const found = await stat(directory).catch(() => undefined);
  return found === undefined || Date.now() - found.mtimeMs < settlingMs;
}

/** The directories of all apps that have logs: three levels below the root. */
async function appDirectories(root: string): Promise<readonly string[]> {
  let found = [root];
  for (let level = 0; level < 3; level += 1) found = (await Promise.all(found.map(directoriesIn))).flat();
  return found;
}

async function directoriesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
}

async function* tail(app: AppLog, options: TailOptions): AsyncGenerator<readonly LogBatch[], void> {
  const { limit = 1000, replica, follow = false, signal } = options;
  const queue = follow ? new FollowQueue() : undefined;
  const end = (): void => queue?.end();
  signal?.addEventListener("abort", end);
  try {
    const history = await app.read(limit, replica, queue);
    if (signal?.aborted) return;
    yield mergeByTime(history, limit);
    for (;;) {
      const batches = await queue?.takeAll();
      if (batches === undefined || signal?.aborted) return;
      const wanted = batches.filter((batch) => replica === undefined || batch.replica === replica);
      if (wanted.length > 0) yield wanted;
    }
  } finally {
    signal?.removeEventListener("abort", end);
    if (queue !== undefined) app.unfollow(queue);
  }
}

/** The last `limit` lines of all replicas together in the order of time, as batches of one replica each. */
function mergeByTime(batches: readonly LogBatch[], limit: number): LogBatch[] {
  const all = batches.flatMap(({ replica, lines }) => lines.map((line) => ({ replica, line })));
  // The sort is stable: a replica's own order stays where the clock did not move.
  const last = all.toSorted((one, other) => one.line.timestamp.getTime() - other.line.timestamp.getTime());
  return group(limit === 0 ? [] : last.slice(-limit));
}

function group(lines: readonly { replica: string; line: LogLine }[]): LogBatch[] {
  const groups: { replica: string; lines: LogLine[] }[] = [];
  for (const { replica, line } of lines) {
    const latest = groups.at(-1);
    if (latest?.replica === replica) latest.lines.push(line);
    else groups.push({ replica, lines: [line] });
  }
  return groups;
}
