import { dependsOnVar, readNames } from "@appenv/core/internal";
import type { AppId } from "@appenv/protocol";
import { describeDrift } from "../replicas/drift.ts";
import type { StoredApp, StoredRevision } from "../state/app-store.ts";
import type { AppSnapshot, RevisionSnapshot } from "./contract.ts";
import type { CurrentPhase } from "./current-phase.ts";
import type { RollbackWatch } from "./rollout/rollback-watch.ts";
import type { RevisionGroups } from "./traffic/revision-groups.ts";

/** The parts of an app that its snapshots are made of. */
export interface AppView {
  readonly record: StoredApp;
  readonly phase: CurrentPhase;
  readonly groups: RevisionGroups;
  readonly watch: RollbackWatch;
  /** The drift of each revision: what its replicas load now that it was not made of, in words. */
  readonly drifts: ReadonlyMap<number, string>;
  /** The host the app listens on. */
  readonly host: string;
}

/** An app as it stands. */
export function appSnapshot(view: AppView): AppSnapshot {
  const { record, groups, host } = view;
  const { id, definition, revision, createdAt, updatedAt, port } = record;
  const { replicas, main } = groups;
  return {
    id,
    definition,
    revision,
    createdAt,
    updatedAt,
    phase: view.phase.phase,
    since: view.phase.since,
    ...explanation(view.phase, main.scaler.revision?.number, view),
    replicas,
    readyReplicas: replicas.filter(({ state }) => state === "ready").length,
    isListening: port !== 0 && main.intake.port === port,
    endpoint: port === 0 ? "" : `http://${urlHost(host)}:${port}`,
  };
}

/** One of its revisions as it stands. */
export function revisionSnapshot({ number, definition, createdAt }: StoredRevision, view: AppView): RevisionSnapshot {
  const { main, sides, replicas, serving } = view.groups;
  const port = sides.port(number);
  const { requests, failures } = view.watch.count(number);
  return {
    number,
    definition,
    createdAt,
    requests,
    failures,
    weight: serving?.weights.find(({ revision }) => revision === number)?.weight ?? 0,
    endpoint: port === undefined ? "" : `http://localhost:${port}`,
    readyReplicas: replicas.filter(({ revision, state }) => revision === number && state === "ready").length,
    ...explanation(number === main.scaler.revision?.number ? view.phase : sides.phase(number), number, view),
  };
}

/** Sentences about the apps that an app depends on and that cannot be reached. */
export function unreachableDependencies(
  { id, definition }: Pick<AppSnapshot, "id" | "definition">,
  unreachable: (app: AppId) => string | undefined,
): readonly string[] {
  const needed = definition.envVars[dependsOnVar];
  if (needed === undefined) return [];
  return Object.values(readNames(needed)).flatMap((name) => {
    const reason = unreachable({ ...id, name });
    return reason === undefined ? [] : [`'${name}' cannot be reached: ${reason}.`];
  });
}

/** An app that serves says which of the apps it depends on cannot be reached. */
export function withDependencies(app: AppSnapshot, unreachable: (app: AppId) => string | undefined): AppSnapshot {
  const down = app.phase === "ACTIVE" ? unreachableDependencies(app, unreachable) : [];
  return down.length === 0 ? app : { ...app, message: [app.message, ...down].join(" ") };
}

/** An app that serves says which of its checks fail. */
export function withFailingChecks(app: AppSnapshot, checks: Readonly<Record<string, string>>): AppSnapshot {
  const failing = Object.entries(checks).map(([name, error]) => `The check '${name}' fails: ${error}.`);
  if (app.phase !== "ACTIVE" || failing.length === 0) return app;
  return { ...app, message: [app.message, ...failing].join(" ") };
}

function explanation(
  current: CurrentPhase | undefined,
  revision: number | undefined,
  { drifts }: AppView,
): Pick<AppSnapshot, "message" | "failure"> {
  const drift = revision === undefined ? undefined : drifts.get(revision);
  const { message = "", failure } = current ?? {};
  return {
    message: drift === undefined ? message : `${message} ${describeDrift(drift)}`.trimStart(),
    ...(failure === undefined ? {} : { failure }),
  };
}

function urlHost(host: string): string {
  return ["127.0.0.1", "0.0.0.0", "::", "::1"].includes(host) ? "localhost" : host;
}
