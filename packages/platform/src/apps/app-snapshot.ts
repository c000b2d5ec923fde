import type { AppSnapshot, RevisionSnapshot } from "./contract.ts";
import type { StoredApp, StoredRevision } from "../state/app-store.ts";
import { describeDrift } from "../replicas/drift.ts";
import type { AppStatus } from "./app-status.ts";
import type { Lanes } from "./traffic/revision-groups.ts";
import type { RollbackWatch } from "./rollout/rollback-watch.ts";

/** What an app is seen by. */
export interface AppView {
  readonly record: StoredApp;
  readonly status: AppStatus;
  readonly lanes: Lanes;
  readonly watch: RollbackWatch;
  /** The drift of each revision: what its replicas load now that it was not made of, in words. */
  readonly drifts: ReadonlyMap<number, string>;
  /** The address the app listens on. */
  readonly host: string;
}

/** An app as it stands. */
export function appSnapshot(view: AppView): AppSnapshot {
  const { record, status, lanes, host } = view;
  const { id, definition, revision, createdAt, updatedAt, port } = record;
  const { phase, since } = status;
  const message = withDrift(status.message, lanes.main.scaler.revision?.number, view);
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
    weight: serving?.weights.find(({ revision }) => revision === number)?.weight ?? 0,
    endpoint: port === undefined ? "" : `http://localhost:${port}`,
    readyReplicas: replicas.filter(({ revision, state }) => revision === number && state === "ready").length,
    message: withDrift(isMain ? status.message : sides.message(number), number, view),
  };
}

function withDrift(message: string, revision: number | undefined, { drifts }: AppView): string {
  const drift = revision === undefined ? undefined : drifts.get(revision);
  return drift === undefined ? message : `${message} ${describeDrift(drift)}`;
}

function urlHost(host: string): string {
  return ["127.0.0.1", "0.0.0.0", "::", "::1"].includes(host) ? "localhost" : host;
}
