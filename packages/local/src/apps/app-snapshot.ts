import type { AppSnapshot, RevisionSnapshot, StoredApp, StoredRevision } from "../contracts.ts";
import type { AppStatus } from "./app-status.ts";
import type { Lanes } from "./lanes.ts";
import type { RollbackWatch } from "./rollback-watch.ts";

/** What an app is seen by. */
export interface AppView {
  readonly record: StoredApp;
  readonly status: AppStatus;
  readonly lanes: Lanes;
  readonly watch: RollbackWatch;
  /** The address the app listens on. */
  readonly host: string;
}

/** An app as it stands. */
export function appSnapshot({ record, status, lanes, host }: AppView): AppSnapshot {
  const { id, definition, revision, createdAt, updatedAt, port } = record;
  const { phase, message, since } = status;
  const { replicas } = lanes;
  const readyReplicas = replicas.filter(({ state }) => state === "ready").length;
  const endpoint = port === 0 ? "" : `http://${urlHost(host)}:${port}`;
  return {
    id,
    definition,
    revision,
    createdAt,
    updatedAt,
    phase,
    message,
    since,
    replicas,
    readyReplicas,
    endpoint,
  };
}

/** One of its revisions as it stands. */
export function revisionSnapshot({ number, createdAt }: StoredRevision, view: AppView): RevisionSnapshot {
  const { status, lanes, watch } = view;
  const { main, sides, replicas, serving } = lanes;
  const port = sides.port(number);
  const isMain = number === main.scaler.revision?.number;
  const { requests, failures } = watch.count(number);
  return {
    number,
    createdAt,
    requests,
    failures,
    percent: serving?.shares.find((share) => share.revision === number)?.percent ?? 0,
    endpoint: port === undefined ? "" : `http://localhost:${port}`,
    readyReplicas: replicas.filter(({ revision, state }) => revision === number && state === "ready").length,
    message: isMain ? status.message : sides.message(number),
  };
}

function urlHost(host: string): string {
  return ["127.0.0.1", "0.0.0.0", "::", "::1"].includes(host) ? "localhost" : host;
}
