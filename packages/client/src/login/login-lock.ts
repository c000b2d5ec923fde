import { chmod } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError } from "@appenv/core";
import { openDatabase, sqliteCode } from "@appenv-internal/state/sqlite";
import { prepareFolder } from "./login-store.ts";

const busy = 5;
const pauseMs = 25;
const limitMs = 30_000;

/**
 * Runs an action while no other process of this user does the same for this login: a refresh token works once, and whoever
 * used it second would lose the login. The operating system drops the lock when a process ends, however it ends.
 *
 * @throws AppEnvError UNREACHABLE if another process has it for 30 seconds.
 */
export async function withLoginLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  await prepareFolder(file);
  const lock = `${file}.lock`;
  const database = openDatabase(lock);
  try {
    await chmod(lock, 0o600);
    await acquire(database);
    return await action();
  } finally {
    database.close();
  }
}

async function acquire(database: DatabaseSync): Promise<void> {
  database.exec("PRAGMA busy_timeout=0");
  for (let waited = 0; ; waited += pauseMs) {
    try {
      return database.exec("BEGIN EXCLUSIVE");
    } catch (error) {
      if (sqliteCode(error) !== busy) throw error;
      if (waited < limitMs) await sleep(pauseMs);
      else
        throw new AppEnvError("UNREACHABLE", "Another process has been refreshing the token for 30 seconds.", {
          cause: error,
        });
    }
  }
}
