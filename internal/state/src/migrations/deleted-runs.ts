/** Runs know when they began and ended and why they failed; what deleting them has to find has an index. */
export const deletedRuns: string = `ALTER TABLE runs ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE runs ADD COLUMN ended_at INTEGER;
   ALTER TABLE runs ADD COLUMN error TEXT;
   UPDATE runs SET created_at = a.created_at, ended_at = a.ended_at,
     error = substr(a.error_code || ': ' || a.error_message, 1, 500) FROM actions a WHERE a.id = runs.id * 131072;
   CREATE INDEX runs_by_time ON runs (created_at, outcome, scope);
   CREATE INDEX runs_by_end ON runs (task, ended_at) WHERE ended_at IS NOT NULL;
   CREATE INDEX runs_recovering ON runs (recovers) WHERE recovers IS NOT NULL AND outcome = 0;
   DROP TRIGGER streams_go;
   CREATE TABLE deleted_runs (
     id INTEGER PRIMARY KEY,
     scope INTEGER NOT NULL,
     name TEXT NOT NULL,
     UNIQUE (scope, name)
   ) STRICT;
   CREATE TABLE last_deleted (run INTEGER NOT NULL) STRICT;
   INSERT INTO last_deleted VALUES (0);
   CREATE TABLE file_holders (
     file TEXT NOT NULL,
     holder TEXT NOT NULL,
     PRIMARY KEY (file, holder)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX file_holders_by_holder ON file_holders (holder);
   INSERT INTO file_holders SELECT '', 'unknown' WHERE EXISTS (SELECT 1 FROM actions);
   CREATE TABLE garbage (item TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
   CREATE INDEX actions_by_inputs_object ON actions (inputs_object) WHERE inputs_object IS NOT NULL;
   CREATE INDEX actions_by_outputs_object ON actions (outputs_object) WHERE outputs_object IS NOT NULL;
   CREATE INDEX actions_by_task ON actions (task) WHERE task IS NOT NULL;
   CREATE INDEX reports_by_object ON reports (object) WHERE object IS NOT NULL;
   CREATE INDEX rerun_actions_by_object ON rerun_actions (inputs_object) WHERE inputs_object IS NOT NULL;
   CREATE INDEX cached_results_by_action ON cached_results (action);`;
