import { isolated } from "@appenv/core/internal";
import type { ApiKeyStore } from "../../state/api-key-table.ts";

/** The last use of each API key, stored now and then: no request waits for the disk. */
export class KeyUses {
  readonly #keys: Pick<ApiKeyStore, "storeUses">;
  readonly #now: () => number;
  /** Uses that are not stored yet, in milliseconds since 1970, by the hash of the key. */
  readonly #waiting: Map<string, number> = new Map();

  constructor(keys: Pick<ApiKeyStore, "storeUses">, now: () => number = Date.now) {
    this.#keys = keys;
    this.#now = now;
  }

  /** Notes that a request carried the key with this hash (SHA-256, hex), or a session of it. */
  note(hash: string): void {
    this.#waiting.set(hash, this.#now());
  }

  /** Stores what is not stored yet; a disk that is full keeps nobody from working. */
  store(): void {
    if (this.#waiting.size === 0) return;
    isolated("The last uses of API keys could not be stored", () => this.#keys.storeUses(this.#waiting));
    this.#waiting.clear();
  }
}
