import type { Revision } from "@appenv/client";
import { table } from "./table.ts";

/** Revisions in rows. */
export function revisionTable(revisions: readonly Revision[]): string {
  const rows = revisions.map(({ number, weight, replicas, requests, failures, createdAt, endpoint, changes }) => [
    String(number),
    weight === 0 ? "" : String(weight),
    String(replicas),
    requests === 0 ? "" : `${requests} (${failures} failed)`,
    createdAt?.toISOString() ?? "",
    endpoint,
    changes.map(({ path }) => path).join(", "),
  ]);
  return table(["REVISION", "WEIGHT", "REPLICAS", "REQUESTS", "CREATED", "OWN ENDPOINT", "CHANGED"], rows);
}
