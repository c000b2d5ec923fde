/** Tasks, runs and actions. */
export const taskTables: string = `CREATE TABLE task_scopes (
     id INTEGER PRIMARY KEY,
     project TEXT NOT NULL,
     domain TEXT NOT NULL,
     UNIQUE (project, domain)
   ) STRICT;
   CREATE TABLE task_names (
     id INTEGER PRIMARY KEY,
     scope INTEGER NOT NULL,
     name TEXT NOT NULL,
     latest INTEGER,
     deployed INTEGER NOT NULL,
     UNIQUE (scope, name)
   ) STRICT;
   CREATE INDEX task_names_by_deployment ON task_names (deployed);
   CREATE TABLE tasks (
     id INTEGER PRIMARY KEY,
     name INTEGER NOT NULL,
     version TEXT NOT NULL,
     deployed INTEGER NOT NULL,
     deployed_at INTEGER NOT NULL,
     bundle TEXT,
     definition TEXT,
     spec BLOB NOT NULL,
     UNIQUE (name, version)
   ) STRICT;
   CREATE INDEX tasks_by_deployment ON tasks (name, deployed);
   CREATE INDEX tasks_by_version ON tasks (version);
   CREATE INDEX tasks_by_bundle ON tasks (bundle) WHERE bundle IS NOT NULL;
   CREATE TABLE runs (
     id INTEGER PRIMARY KEY,
     scope INTEGER NOT NULL,
     name TEXT NOT NULL,
     task_name INTEGER NOT NULL,
     task INTEGER NOT NULL,
     outcome INTEGER NOT NULL,
     source INTEGER NOT NULL,
     trigger_task TEXT,
     trigger_name TEXT,
     rerun_of TEXT,
     recovers INTEGER,
     idempotency_key TEXT,
     request_hash TEXT,
     settings TEXT,
     UNIQUE (scope, name)
   ) STRICT;
   CREATE UNIQUE INDEX runs_by_key ON runs (scope, idempotency_key) WHERE idempotency_key IS NOT NULL;
   CREATE INDEX runs_by_scope ON runs (scope, outcome);
   CREATE INDEX runs_by_task_name ON runs (task_name, scope, outcome);
   CREATE INDEX runs_by_task ON runs (task, scope, outcome);
   CREATE INDEX runs_by_trigger ON runs (scope, trigger_task, trigger_name, outcome) WHERE trigger_name IS NOT NULL;
   CREATE TABLE run_counts (
     scope INTEGER NOT NULL,
     task_name INTEGER NOT NULL,
     task INTEGER NOT NULL,
     trigger_task TEXT NOT NULL,
     trigger_name TEXT NOT NULL,
     outcome INTEGER NOT NULL,
     runs INTEGER NOT NULL,
     PRIMARY KEY (scope, task_name, task, trigger_task, trigger_name, outcome)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE actions (
     id INTEGER PRIMARY KEY,
     run INTEGER NOT NULL,
     name TEXT NOT NULL,
     parent INTEGER,
     kind INTEGER NOT NULL,
     label TEXT NOT NULL,
     group_name TEXT NOT NULL,
     task INTEGER,
     condition TEXT,
     phase INTEGER NOT NULL,
     revision INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     queued_at INTEGER,
     started_at INTEGER,
     ended_at INTEGER,
     deadline_at INTEGER,
     next_at INTEGER,
     attempts INTEGER NOT NULL,
     failures INTEGER NOT NULL,
     system_failures INTEGER NOT NULL,
     isolated INTEGER NOT NULL,
     cache INTEGER NOT NULL,
     error_kind INTEGER,
     error_code TEXT,
     error_message TEXT,
     error_retryable INTEGER,
     abort_reason TEXT,
     progress_done REAL,
     progress_total REAL,
     progress_message TEXT,
     has_report INTEGER NOT NULL,
     inputs_object TEXT,
     outputs_object TEXT,
     inputs BLOB,
     outputs BLOB,
     UNIQUE (run, name)
   ) STRICT;
   CREATE INDEX actions_by_parent ON actions (parent) WHERE parent IS NOT NULL;
   CREATE INDEX actions_live ON actions (run) WHERE phase < 10;
   CREATE TABLE attempts (
     action INTEGER NOT NULL,
     attempt INTEGER NOT NULL,
     phase INTEGER NOT NULL,
     queued_at INTEGER NOT NULL,
     started_at INTEGER,
     ended_at INTEGER,
     error_kind INTEGER,
     error_code TEXT,
     error_message TEXT,
     error_retryable INTEGER,
     PRIMARY KEY (action, attempt)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE reports (
     action INTEGER PRIMARY KEY,
     html TEXT,
     object TEXT
   ) STRICT;
   CREATE TABLE cached_results (
     key TEXT PRIMARY KEY,
     action INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`;
