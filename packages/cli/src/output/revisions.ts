import type { Revision } from "@appenv/client";
import { table } from "./table.ts";

/** Revisions in rows. */
export function revisionTable(revisions: readonly Revision[]): string {
  const rows = revisions.map(({ number, percent, replicas, requests, failures, createdAt, endpoint }) => [
    String(number),
    percent === 0 ? "" : `${percent} %`,
    String(replicas),
    requests === 0 ? "" : `${requests} (${failures} failed)`,
    createdAt?.toISOString() ?? "",
    endpoint,
  ]);
  return table(["REVISION", "TRAFFIC", "REPLICAS", "REQUESTS", "CREATED", "OWN ENDPOINT"], rows);
}
