import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { Listeners, unexpected, type NotedDelivery } from "@appenv/core/internal";
import type { AppId } from "@appenv/protocol";
import { openInboxDatabase } from "./inbox-database.ts";
import {
  InboxTable,
  type DeliveryFilter,
  type InboxLimits,
  type KeptDelivery,
  type Webhook,
  type WholeDelivery,
} from "./inbox-table.ts";

const usual: InboxLimits = {
  deliveries: 10_000,
  unverified: 1_000,
  bytes: 64 * 1024 * 1024,
  ms: 7 * 24 * 3_600_000,
};

/**
 * The deliveries to webhooks, on disk. It is opened when there is something to write or to read. It never throws: nobody whose
 * delivery is taken must notice that it cannot be kept. The first failure in a row is reported.
 */
export class Inbox {
  readonly #file: string;
  readonly #limits: InboxLimits;
  readonly #listeners: Listeners<readonly KeptDelivery[]> = new Listeners("deliveries");
  #database: DatabaseSync | undefined;
  #table: InboxTable | undefined;
  #isFailing = false;

  constructor(file: string, limits: InboxLimits = usual) {
    this.#file = file;
    this.#limits = limits;
  }

  /** Keeps deliveries that an app has taken. */
  add(app: AppId, deliveries: readonly NotedDelivery[], now: number = Date.now()): void {
    const named = deliveries.map((each) => (each.id === "" ? { ...each, id: newDeliveryId() } : each));
    const kept = this.#try((table) => table.add(app, named, now));
    if (kept !== undefined && kept.length > 0) this.#listeners.tell(kept);
  }

  /** The newest first. @param before - The number of the delivery that they come before. Default: all. */
  list(filter: DeliveryFilter, limit: number, before: number = Number.MAX_SAFE_INTEGER): readonly KeptDelivery[] {
    return this.#isThere ? (this.#try((table) => table.list(filter, limit, before)) ?? []) : [];
  }

  get(id: string): WholeDelivery | undefined {
    return this.#isThere ? this.#try((table) => table.get(id)) : undefined;
  }

  /** The sources of which apps have verified deliveries that are kept. */
  webhooks(): readonly Webhook[] {
    return this.#isThere ? (this.#try((table) => table.webhooks()) ?? []) : [];
  }

  /** Forgets the deliveries of an app. */
  removeApp(app: AppId): void {
    if (this.#isThere) this.#try((table) => table.removeApp(app));
  }

  /** Calls `listener` with deliveries once they are kept, until the returned function is called. */
  watch(listener: (kept: readonly KeptDelivery[]) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** May be called twice; it is opened again when it is needed. */
  close(): void {
    if (this.#database?.isOpen === true) this.#database.close();
    this.#database = undefined;
    this.#table = undefined;
  }

  get #isThere(): boolean {
    return this.#table !== undefined || existsSync(this.#file);
  }

  #try<T>(action: (table: InboxTable) => T): T | undefined {
    try {
      this.#database ??= openInboxDatabase(this.#file);
      const result = action((this.#table ??= new InboxTable(this.#database, this.#limits)));
      this.#isFailing = false;
      return result;
    } catch (error) {
      if (!this.#isFailing) unexpected(`Deliveries could not be kept or read in ${this.#file}`, error);
      this.#isFailing = true;
      return undefined;
    }
  }
}

/** The id of a delivery on the platform. */
export function newDeliveryId(): string {
  return `d${randomBytes(8).toString("hex")}`;
}

export type { DeliveryFilter, KeptDelivery, Webhook, WholeDelivery } from "./inbox-table.ts";
