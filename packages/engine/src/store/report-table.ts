import type { DatabaseSync } from "node:sqlite";

/** An action's report as it is stored. */
export type StoredReport = { readonly html: string } | { readonly object: string };

/** Reports of actions. */
export class ReportTable {
  readonly #put;
  readonly #find;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare("REPLACE INTO reports (action, html, object) VALUES (?, ?, ?)");
    this.#find = database.prepare("SELECT html, object FROM reports WHERE action = ?");
  }

  put(action: number, report: StoredReport): void {
    if ("html" in report) this.#put.run(action, report.html, null);
    else this.#put.run(action, null, report.object);
  }

  find(action: number): StoredReport | undefined {
    const row = this.#find.get(action);
    if (row === undefined) return undefined;
    return row["object"] === null ? { html: String(row["html"]) } : { object: String(row["object"]) };
  }
}
