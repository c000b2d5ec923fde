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
];
