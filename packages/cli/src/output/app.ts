import type { App, MetricsPoint, ReplicaReport } from "@appenv/client";
import { mebibytes } from "@appenv/core/internal";
import { loadJson, loadText, rate, type LoadJson } from "./load.ts";
import { reasonText } from "./replicas.ts";
import { details, table } from "./table.ts";

/** An app as `--json` shows it. */
export interface AppJson {
  readonly name: string;
  readonly project: string;
  readonly domain: string;
  /** One of Flyte's deployment states, for example `ACTIVE`. */
  readonly phase: string;
  readonly message: string;
  readonly replicas: number;
  readonly revision: number;
  readonly endpoint: string;
  readonly url: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  /** Its load in the last minute; unset if it had no replica, and on a cluster. */
  readonly load?: LoadJson;
}

/** The load of apps in the last minute, by their names. */
export type Loads = ReadonlyMap<string, MetricsPoint>;

/** An app as `--json` shows it. @param load - Its load in the last minute, where it is known. */
export function appJson(app: App, load?: MetricsPoint): AppJson {
  const { name, project, domain } = app.id;
  const { phase, message } = app.status;
  const created = app.createdAt === undefined ? {} : { createdAt: app.createdAt.toISOString() };
  const { replicas, revision, endpoint, url } = app;
  const measured = load === undefined ? {} : { load: loadJson(load) };
  return { name, project, domain, phase, message, replicas, revision, endpoint, url, ...created, ...measured };
}

/** Apps in rows. Without a load, for example on a cluster, its columns are left out. */
export function appTable(apps: readonly App[], loads: Loads): string {
  const columns = loads.size === 0 ? [] : ["REQUESTS/S", "MEMORY"];
  const rows = apps.map((app) => {
    const { name, phase, replicas, endpoint, message } = appJson(app);
    return [name, phase, String(replicas), ...loadCells(loads, name), endpoint, message];
  });
  return table(["NAME", "PHASE", "REPLICAS", ...columns, "ENDPOINT", "MESSAGE"], rows);
}

function loadCells(loads: Loads, name: string): readonly string[] {
  if (loads.size === 0) return [];
  const load = loads.get(name);
  return load === undefined ? ["", ""] : [rate(load.requests), mebibytes(load.memoryBytes)];
}

/** Restarts of an app and the reasons why it stands as it does, as `--json` shows it beside the app; nothing where it is not known. */
export function standingJson(report: ReplicaReport | undefined): Partial<Pick<ReplicaReport, "restarts" | "reasons">> {
  return report === undefined ? {} : { restarts: report.restarts, reasons: report.reasons };
}

/** One app, a line for each thing, and why it stands as it does. */
export function appDetails(app: App, load: MetricsPoint | undefined, report: ReplicaReport | undefined): string {
  const now = Date.now();
  // The message of a failed app says the same.
  const reasons = report?.reasons.filter(({ kind }) => kind !== "failed") ?? [];
  return [
    details({
      ...appJson(app),
      load: load === undefined ? "" : `${loadText(load)} (last minute)`,
      restarts: report === undefined || report.restarts === 0 ? "" : report.restarts,
    }),
    ...reasons.map((reason) => `${reason.kind}: ${reasonText(reason, now)}`),
  ].join("\n");
}
