import type { DatabaseSync } from "node:sqlite";
import type { NotedDelivery } from "@appenv/core/internal";
import type { AppId } from "@appenv/protocol";
import { together } from "@appenv-internal/state/database";

/** A delivery as it is kept, without its headers and its body. */
export interface KeptDelivery extends Omit<NotedDelivery, "headers" | "body"> {
  /** Its place among all; later ones have higher numbers. */
  readonly number: number;
  readonly app: AppId;
  /** True if its body is kept. */
  readonly replayable: boolean;
}

/** A delivery with its headers and its body. */
export interface WholeDelivery extends KeptDelivery, Pick<NotedDelivery, "headers" | "body"> {}

/** A source of which an app has verified deliveries. */
export interface Webhook {
  readonly app: AppId;
  readonly source: string;
}

/** The deliveries that are asked for; an empty text means all. */
export interface DeliveryFilter {
  readonly project: string;
  readonly domain: string;
  readonly app: string;
  readonly source: string;
  /** Only those that were not verified, or were answered with a status of 400 and above. */
  readonly failed: boolean;
}

/** Limits of the inbox. */
export interface InboxLimits {
  readonly deliveries: number;
  /** Of those that were not verified, which anybody can send: they push out no others. */
  readonly unverified: number;
  /** Of bodies together. */
  readonly bytes: number;
  readonly ms: number;
}

/** The deliveries in the database. Every method throws what SQLite throws. */
export class InboxTable {
  readonly #database: DatabaseSync;
  readonly #limits: InboxLimits;

  constructor(database: DatabaseSync, limits: InboxLimits) {
    this.#database = database;
    this.#limits = limits;
  }

  /** Stores deliveries of an app, and deletes what is beyond the limits. All or nothing. Throws what SQLite throws. */
  add({ project, domain, name }: AppId, deliveries: readonly NotedDelivery[], now: number): readonly KeptDelivery[] {
    const insert = this.#database.prepare(
      `INSERT OR REPLACE INTO deliveries (id, project, domain, app, at, facts, source, verified, failed, bytes, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number, project, domain, app, facts, bytes`,
    );
    const kept: KeptDelivery[] = [];
    together(this.#database, () => {
      for (const { body = null, ...facts } of deliveries) {
        const { id, at, source, verified, status } = facts;
        const flags = [verified ? 1 : 0, !verified || status >= 400 ? 1 : 0] as const;
        const size = body?.byteLength ?? 0;
        const values = [id, project, domain, name, at, JSON.stringify(facts), source, ...flags, size, body] as const;
        const row = insert.get(...values);
        if (row !== undefined) kept.push(read(row));
      }
      this.#sweep(now);
    });
    return kept;
  }

  /** The newest first. @param before - The number of the delivery that they come before. */
  list(
    { project, domain, app, source, failed }: DeliveryFilter,
    limit: number,
    before: number,
  ): readonly KeptDelivery[] {
    const rows = this.#database
      .prepare(
        `SELECT number, project, domain, app, facts, bytes FROM deliveries WHERE number < ? AND (? = '' OR project = ?)
         AND (? = '' OR domain = ?) AND (? = '' OR app = ?) AND (? = '' OR source = ?) AND failed >= ?
         ORDER BY number DESC LIMIT ?`,
      )
      .all(before, project, project, domain, domain, app, app, source, source, failed ? 1 : 0, limit);
    return rows.map(read);
  }

  get(id: string): WholeDelivery | undefined {
    const row = this.#database.prepare("SELECT * FROM deliveries WHERE id = ?").get(id);
    if (row === undefined) return undefined;
    const { headers } = JSON.parse(String(row["facts"])) as NotedDelivery;
    const body = row["body"] === null ? undefined : (row["body"] as Uint8Array);
    return { ...read(row), headers, body };
  }

  /** The sources of which apps have verified deliveries that are kept. */
  webhooks(): readonly Webhook[] {
    const rows = this.#database.prepare(
      "SELECT DISTINCT project, domain, app, source FROM deliveries WHERE verified = 1 ORDER BY app, source",
    );
    return rows.all().map((row) => ({ app: appOf(row), source: String(row["source"]) }));
  }

  /** Deletes all of an app. */
  removeApp({ project, domain, name }: AppId): void {
    this.#database
      .prepare("DELETE FROM deliveries WHERE project = ? AND domain = ? AND app = ?")
      .run(project, domain, name);
  }

  #sweep(now: number): void {
    const { deliveries, unverified, bytes, ms } = this.#limits;
    this.#database.prepare("DELETE FROM deliveries WHERE at < ?").run(now - ms);
    const beyond =
      "DELETE FROM deliveries WHERE verified <= ? AND number <= (SELECT number FROM deliveries WHERE verified <= ? ORDER BY number DESC LIMIT 1 OFFSET ?)";
    this.#database.prepare(beyond).run(0, 0, unverified);
    this.#database.prepare(beyond).run(1, 1, deliveries);
    const total = Number(this.#database.prepare("SELECT ifnull(sum(bytes), 0) AS n FROM deliveries").get()?.["n"]);
    if (total > bytes) this.#dropBodies(total - bytes);
  }

  /** Deletes the oldest bodies; what else is known of them stays. */
  #dropBodies(excess: number): void {
    this.#database
      .prepare(
        `UPDATE deliveries SET body = NULL, bytes = 0 WHERE number IN (
           SELECT number FROM (SELECT number, sum(bytes) OVER (ORDER BY number) - bytes AS freed FROM deliveries WHERE bytes > 0)
           WHERE freed < ?)`,
      )
      .run(excess);
  }
}

function read(row: Readonly<Record<string, unknown>>): KeptDelivery {
  const { headers: _, ...facts } = JSON.parse(String(row["facts"])) as NotedDelivery;
  const isEmpty = facts.verified && facts.bytes === 0;
  return {
    ...facts,
    number: Number(row["number"]),
    app: appOf(row),
    replayable: isEmpty || Number(row["bytes"]) > 0,
  };
}

function appOf(row: Readonly<Record<string, unknown>>): AppId {
  return { project: String(row["project"]), domain: String(row["domain"]), name: String(row["app"]) };
}
