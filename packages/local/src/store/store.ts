import type { AppStore } from "../contracts.ts";
import { apiKeyTable, type ApiKeyStore } from "./api-key-table.ts";
import { appTable } from "./app-table.ts";
import { openStateDatabase, storing } from "./database.ts";

/** What outlives the platform's process: apps and API keys, in one SQLite database. */
export interface Store {
  readonly apps: AppStore;
  readonly apiKeys: ApiKeyStore;
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
    close: () => {
      if (database.isOpen) database.close();
    },
  }));
}
