import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "@appenv-internal/state/sqlite";
import { storing } from "@appenv-internal/state/database";
import { Objects } from "../objects/objects.ts";
import { ActionTable } from "./action-table.ts";
import { DeployedQueues } from "../queues/deployed-queues.ts";
import { Pauses } from "../queues/pauses.ts";
import { QueueTable } from "./queue-table.ts";
import { RecentRunTable } from "./recent-run-table.ts";
import { CacheTable } from "./cache-table.ts";
import { Committer } from "./committer.ts";
import { MetadataTable } from "./metadata-table.ts";
import { DeletionTable } from "./deletion-table.ts";
import { GarbageTable } from "./garbage-table.ts";
import { EventTable } from "./event-table.ts";
import { NotificationTable } from "./notification-table.ts";
import { ReportTable } from "./report-table.ts";
import { RerunTable } from "./rerun-table.ts";
import { RunList } from "./run-list.ts";
import { RunTable } from "./run-table.ts";
import { SignalTable } from "./signal-table.ts";
import { StreamTable } from "./stream-table.ts";
import { TaskTable } from "./task-table.ts";
import { VersionTable } from "./version-table.ts";

/** Tasks, runs and actions on disk: what the registry and the engine share. */
export interface TaskStore {
  readonly database: DatabaseSync;
  readonly file: string;
  readonly committer: Committer;
  readonly objects: Objects;
  readonly tasks: TaskTable;
  readonly versions: VersionTable;
  readonly runs: RunTable;
  readonly runList: RunList;
  readonly actions: ActionTable;
  readonly reports: ReportTable;
  readonly cache: CacheTable;
  readonly signals: SignalTable;
  readonly events: EventTable;
  readonly reruns: RerunTable;
  readonly streams: StreamTable;
  readonly metadata: MetadataTable;
  readonly notifications: NotificationTable;
  readonly queues: QueueTable;
  readonly recentRuns: RecentRunTable;
  readonly pauses: Pauses;
  readonly deployedQueues: DeployedQueues;
  readonly deletions: DeletionTable;
  readonly garbage: GarbageTable;
  /** Writes what waits. After the engine; may be called twice. */
  close(): void;
}

/** The places in which tasks are stored. */
export interface TaskStoreOptions {
  /** The state database; `openStore` has prepared it. */
  readonly file: string;
  /** The directory of large inputs and outputs. It is made if it is missing. */
  readonly objects: string;
}

/**
 * Opens the tables of tasks over a connection of their own.
 *
 * @throws AppEnvError DISK_FULL, STATE_UNWRITABLE, STATE_CORRUPTED.
 */
export function openTaskStore({ file, objects: directory }: TaskStoreOptions): TaskStore {
  const objects = new Objects(directory);
  objects.open();
  return storing(file, "cannot be opened", () => {
    const database = openDatabase(file);
    try {
      database.exec("PRAGMA busy_timeout=5000; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000");
      const tables = {
        actions: new ActionTable(database),
        tasks: new TaskTable(database),
        runs: new RunTable(database),
        reruns: new RerunTable(database),
      };
      const committer = new Committer(database, file);
      const queues = new QueueTable(database);
      const garbage = new GarbageTable(database);
      garbage.holdAll(() => objects.kept());
      return {
        ...tables,
        database,
        file,
        committer,
        objects,
        runList: new RunList(database, tables),
        reports: new ReportTable(database),
        cache: new CacheTable(database),
        signals: new SignalTable(database),
        events: new EventTable(database),
        streams: new StreamTable(database),
        versions: new VersionTable(database),
        metadata: new MetadataTable(database),
        notifications: new NotificationTable(database),
        queues,
        recentRuns: new RecentRunTable(database),
        pauses: new Pauses(queues, committer),
        deployedQueues: new DeployedQueues(database),
        deletions: new DeletionTable(database),
        garbage,
        close: () => {
          if (!database.isOpen) return;
          committer.close();
          database.close();
        },
      };
    } catch (error) {
      database.close();
      throw error;
    }
  });
}
