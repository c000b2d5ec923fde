/** How the tables came to be, one step a version; a step is never changed once it is released. */
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
];
