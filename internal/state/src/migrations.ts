import { deletedRuns } from "./migrations/deleted-runs.ts";
import { notifications } from "./migrations/notifications.ts";
import { taskTables } from "./migrations/task-tables.ts";

/** Migrations of the tables, one step for each version; a released step never changes. */
export const migrations: readonly string[] = [
  `CREATE TABLE apps (
     project TEXT NOT NULL,
     domain TEXT NOT NULL,
     name TEXT NOT NULL,
     definition TEXT NOT NULL,
     revision INTEGER NOT NULL,
     port INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL,
     PRIMARY KEY (project, domain, name)
   ) STRICT;
   CREATE TABLE api_keys (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     hash TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     revoked INTEGER NOT NULL DEFAULT 0
   ) STRICT;`,
  `CREATE TABLE triggers (
     project TEXT NOT NULL,
     domain TEXT NOT NULL,
     task_name TEXT NOT NULL,
     name TEXT NOT NULL,
     task_version TEXT NOT NULL,
     origin TEXT NOT NULL,
     definition TEXT NOT NULL,
     revision INTEGER NOT NULL,
     active INTEGER NOT NULL,
     deployed_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL,
     triggered_at INTEGER,
     next_at INTEGER,
     PRIMARY KEY (project, domain, task_name, name)
   ) STRICT;
   CREATE TABLE trigger_revisions (
     project TEXT NOT NULL,
     domain TEXT NOT NULL,
     task_name TEXT NOT NULL,
     name TEXT NOT NULL,
     revision INTEGER NOT NULL,
     action TEXT NOT NULL,
     at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX trigger_revisions_of ON trigger_revisions (project, domain, task_name, name);`,
  taskTables,
  `CREATE TABLE projects (
     id TEXT PRIMARY KEY,
     name TEXT NOT NULL,
     description TEXT NOT NULL,
     labels TEXT NOT NULL,
     archived INTEGER NOT NULL
   ) STRICT;`,
  `CREATE TABLE secrets (
     project TEXT NOT NULL,
     domain TEXT NOT NULL,
     name TEXT NOT NULL,
     type INTEGER NOT NULL,
     key_id TEXT NOT NULL,
     sealed BLOB NOT NULL,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL,
     PRIMARY KEY (project, domain, name)
   ) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE apps ADD COLUMN traffic TEXT NOT NULL DEFAULT '[]';
   CREATE TABLE app_revisions (
     project TEXT NOT NULL,
     domain TEXT NOT NULL,
     name TEXT NOT NULL,
     revision INTEGER NOT NULL,
     definition TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     PRIMARY KEY (project, domain, name, revision)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO app_revisions SELECT project, domain, name, revision, definition, updated_at FROM apps;`,
  `CREATE TABLE run_labels (
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     run INTEGER NOT NULL,
     PRIMARY KEY (key, value, run)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO run_labels SELECT l.key, l.value, r.id FROM runs r, json_each(r.settings, '$.labels') l
     WHERE r.settings IS NOT NULL;`,
  `ALTER TABLE apps ADD COLUMN served TEXT;
   ALTER TABLE apps ADD COLUMN failure TEXT;
   UPDATE apps SET served = json_object('revision', revision, 'traffic', json(traffic));`,
  `ALTER TABLE actions ADD COLUMN uncancelled INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE actions ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE actions ADD COLUMN cancelled TEXT;`,
  `ALTER TABLE actions ADD COLUMN error_thrown TEXT;
   ALTER TABLE attempts ADD COLUMN error_thrown TEXT;`,
  `ALTER TABLE actions ADD COLUMN ended_order INTEGER;`,
  `CREATE TABLE kept_signals (
     run INTEGER NOT NULL,
     name TEXT NOT NULL,
     candidates TEXT NOT NULL,
     PRIMARY KEY (run, name)
   ) STRICT, WITHOUT ROWID;`,
  `UPDATE apps SET traffic = replace(traffic, '"percent":', '"weight":'),
     served = replace(served, '"percent":', '"weight":');`,
  // Failures were texts; without one an app is started again.
  "UPDATE apps SET failure = NULL;",
  `ALTER TABLE api_keys ADD COLUMN role TEXT NOT NULL DEFAULT 'admin';
   CREATE TABLE sessions (
     hash TEXT PRIMARY KEY,
     key_hash TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     used_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  // Counts the actions of its run that had ended when an action was asked for: it can depend on no other ones.
  `ALTER TABLE actions ADD COLUMN ended_before INTEGER;
   CREATE TABLE rerun_actions (
     run INTEGER NOT NULL,
     action TEXT NOT NULL,
     again INTEGER NOT NULL,
     inputs_object TEXT,
     inputs BLOB,
     PRIMARY KEY (run, action)
   ) STRICT, WITHOUT ROWID;
   CREATE TRIGGER rerun_actions_go AFTER DELETE ON runs BEGIN
     DELETE FROM rerun_actions WHERE run = old.id;
   END;`,
  "ALTER TABLE api_keys ADD COLUMN last_used_at INTEGER;",
  // The id of an entry is that of its stream times 2^20, plus its offset.
  `CREATE TABLE streams (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     run INTEGER NOT NULL,
     name TEXT NOT NULL,
     entries INTEGER NOT NULL,
     bytes INTEGER NOT NULL,
     closed INTEGER NOT NULL,
     UNIQUE (run, name)
   ) STRICT;
   CREATE TABLE stream_sections (
     stream INTEGER NOT NULL,
     section INTEGER NOT NULL,
     action TEXT NOT NULL,
     trace TEXT NOT NULL,
     attempt INTEGER NOT NULL,
     replaces INTEGER,
     PRIMARY KEY (stream, section)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE stream_entries (
     id INTEGER PRIMARY KEY,
     section INTEGER NOT NULL,
     kind INTEGER NOT NULL,
     at INTEGER NOT NULL,
     value TEXT
   ) STRICT;
   CREATE TABLE action_metadata (
     action INTEGER PRIMARY KEY,
     json TEXT NOT NULL
   ) STRICT;
   CREATE TRIGGER streams_go AFTER DELETE ON runs BEGIN
     DELETE FROM streams WHERE run = old.id;
     DELETE FROM action_metadata WHERE action >= old.id * 131072 AND action < (old.id + 1) * 131072;
   END;
   CREATE TRIGGER stream_entries_go AFTER DELETE ON streams BEGIN
     DELETE FROM stream_entries WHERE id >= old.id * 1048576 AND id < (old.id + 1) * 1048576;
     DELETE FROM stream_sections WHERE stream = old.id;
   END;`,
  `ALTER TABLE actions ADD COLUMN queue_key TEXT;
   ALTER TABLE actions ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
   CREATE TABLE paused_queues (
     project TEXT NOT NULL,
     domain TEXT NOT NULL,
     queue TEXT NOT NULL,
     paused_at INTEGER NOT NULL,
     paused_by TEXT NOT NULL,
     PRIMARY KEY (project, domain, queue)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE queue_starts (
     project TEXT NOT NULL,
     domain TEXT NOT NULL,
     queue TEXT NOT NULL,
     key TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     number INTEGER NOT NULL,
     PRIMARY KEY (project, domain, queue, key, started_at, number)
   ) STRICT, WITHOUT ROWID;`,
  deletedRuns,
  // Events for runs that wait for them, and the last one that each live run was given of a name and key.
  `CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, scope INTEGER NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL,
     sent_at INTEGER NOT NULL, keep_until INTEGER NOT NULL, idempotency_key TEXT, sender TEXT NOT NULL, value BLOB NOT NULL) STRICT;
   CREATE INDEX events_by_name ON events (scope, name, key, id);
   CREATE INDEX events_by_end ON events (keep_until);
   CREATE UNIQUE INDEX events_by_idempotency_key ON events (scope, idempotency_key) WHERE idempotency_key IS NOT NULL;
   CREATE TABLE event_cursors (run INTEGER NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, event INTEGER NOT NULL,
     PRIMARY KEY (run, name, key)) STRICT, WITHOUT ROWID;`,
  // The ones who answered conditions, as logs name them.
  `CREATE TABLE condition_answers (action INTEGER PRIMARY KEY, answered_by TEXT NOT NULL) STRICT;
   ALTER TABLE kept_signals ADD COLUMN signalled_by TEXT NOT NULL DEFAULT '';
   CREATE TRIGGER condition_answers_go AFTER DELETE ON runs BEGIN
     DELETE FROM condition_answers WHERE action >= old.id * 131072 AND action < (old.id + 1) * 131072;
   END;`,
  // Runs that debounced and throttled tasks have started of late.
  `CREATE TABLE recent_runs (task INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL, run INTEGER NOT NULL,
     PRIMARY KEY (task, kind, key, at, run)) STRICT, WITHOUT ROWID;
   CREATE INDEX recent_runs_by_time ON recent_runs (at);
   CREATE INDEX recent_runs_by_run ON recent_runs (run);
   CREATE TRIGGER recent_runs_go AFTER DELETE ON runs BEGIN
     DELETE FROM recent_runs WHERE run = old.id;
   END;`,
  // Backfills of triggers, as their triggers were when they were asked for. Firings before `settled_until` have ended.
  `CREATE TABLE backfills (id INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, domain TEXT NOT NULL, task_name TEXT NOT NULL,
     name TEXT NOT NULL, trigger_json TEXT NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL, concurrency INTEGER NOT NULL,
     total INTEGER NOT NULL, settled_until INTEGER NOT NULL, succeeded INTEGER NOT NULL, failed INTEGER NOT NULL,
     phase TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;`,
  notifications,
  // Trace contexts of actions.
  `ALTER TABLE actions ADD COLUMN trace TEXT;`,
];
