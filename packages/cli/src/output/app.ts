import type { App } from "@appenv/client";
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
}

/** An app as `--json` shows it. */
export function appJson(app: App): AppJson {
  const { name, project, domain } = app.id;
  const { phase, message } = app.status;
  const created = app.createdAt === undefined ? {} : { createdAt: app.createdAt.toISOString() };
  const { replicas, revision, endpoint, url } = app;
  return { name, project, domain, phase, message, replicas, revision, endpoint, url, ...created };
}

/** Apps in rows. */
export function appTable(apps: readonly App[]): string {
  const rows = apps.map(appJson).map((app) => [app.name, app.phase, String(app.replicas), app.endpoint, app.message]);
  return table(["NAME", "PHASE", "REPLICAS", "ENDPOINT", "MESSAGE"], rows);
}

/** One app, a line for each thing. */
export function appDetails(app: App): string {
  return details({ ...appJson(app) });
}
