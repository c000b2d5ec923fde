import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { AppEnvError } from "@appenv/core";
import { diskError } from "@appenv-internal/state/disk-error";
import { acquireLock } from "./lock.ts";
import { readPlatformFile, removePlatformFile, writePlatformFile } from "./platform-file.ts";

/** The state directory of a platform, held by this process alone. */
export interface Home {
  /** Absolute. */
  readonly path: string;
  /** The database with apps and API keys. */
  readonly stateFile: string;
  /** The directory of the replicas' output. */
  readonly logs: string;
  /** The directory of uploaded bundles. */
  readonly bundles: string;
  /** Writes `platform.json`, by which clients find the platform. @throws AppEnvError DISK_FULL, STATE_UNWRITABLE. */
  publish(endpoint: string, socket?: string): void;
  /** Removes `platform.json` and lets another platform in. May be called twice. */
  close(): void;
}

/**
 * Creates the state directory where it is missing (mode 0700, ignored by git) and takes its lock.
 *
 * @throws AppEnvError PLATFORM_RUNNING, STATE_UNWRITABLE, DISK_FULL.
 */
export function openHome(path: string): Home {
  const home = resolve(path);
  const logs = join(home, "logs");
  const bundles = join(home, "bundles");
  const release = writing(home, `The state directory ${home} cannot be prepared`, () => {
    prepare(home, [logs, bundles]);
    return acquireLock(join(home, "lock.db"));
  });
  if (release === undefined) throw alreadyRunning(home);
  // A killed platform has left it.
  removePlatformFile(home);
  let closed = false;
  return {
    path: home,
    stateFile: join(home, "state.db"),
    logs,
    bundles,
    publish: (endpoint, socket) => publish(home, endpoint, socket),
    close: () => {
      if (closed) return;
      closed = true;
      removePlatformFile(home);
      release();
    },
  };
}

function prepare(home: string, subfolders: readonly string[]): void {
  for (const folder of [home, ...subfolders]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ignore = join(home, ".gitignore");
  // A full disk leaves an empty one.
  if ((statSync(ignore, { throwIfNoEntry: false })?.size ?? 0) === 0) writeFileSync(ignore, "*\n");
}

function publish(home: string, endpoint: string, socket: string | undefined): void {
  const where = socket === undefined ? { endpoint } : { endpoint, socket };
  writing(home, `platform.json in ${home} cannot be written`, () => {
    writePlatformFile(home, { ...where, pid: process.pid, home, startedAt: new Date().toISOString() });
  });
}

function writing<T>(home: string, what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw diskError(error, home, what);
  }
}

function alreadyRunning(home: string): AppEnvError {
  const running = readPlatformFile(home);
  const who = running === undefined ? "It is just starting" : `It is process ${running.pid}, at ${running.endpoint}`;
  return new AppEnvError("PLATFORM_RUNNING", `A platform already runs for ${home}. ${who}.`);
}
