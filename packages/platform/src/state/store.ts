import type { AppStore } from "./app-store.ts";
import { secretStore, type SecretStore } from "../secrets/secret-store.ts";
import { apiKeyTable, type ApiKeyStore } from "./api-key-table.ts";
import { appTable } from "./app-table.ts";
import { openStateDatabase, storing } from "@appenv-internal/state/database";
import { sessionTable, type SessionStore } from "./session-table.ts";
import { projectTable, type ProjectStore } from "./project-table.ts";

/** The state that outlives the platform's process, in one SQLite database. The engine has its own view of it. */
export interface Store {
  readonly apps: AppStore;
  readonly apiKeys: ApiKeyStore;
  readonly sessions: SessionStore;
  readonly projects: ProjectStore;
  readonly secrets: SecretStore;
  /** True if tasks were ever deployed or run: if not, nothing of them has to be opened. */
  hasTasks(): boolean;
  /** May be called twice. */
  close(): void;
}

/**
 * Opens the store, new or old.
 *
 * @throws AppEnvError STATE_CORRUPTED, STATE_NEWER (nothing is changed then), DISK_FULL, STATE_UNWRITABLE.
 */
export function openStore(file: string): Store {
  const database = openStateDatabase(file);
  return storing(file, "cannot be opened", () => ({
    apps: appTable(database, file),
    apiKeys: apiKeyTable(database, file),
    sessions: sessionTable(database, file),
    projects: projectTable(database, file),
    secrets: secretStore(database, file),
    hasTasks: () =>
      storing(file, "cannot be read", () => database.prepare("SELECT 1 FROM tasks LIMIT 1").get() !== undefined),
    close: () => {
      if (database.isOpen) database.close();
    },
  }));
}
