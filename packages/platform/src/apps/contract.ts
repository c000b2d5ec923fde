import type { AppDefinition, AppId } from "@appenv/protocol";
import type { Failure } from "./failure.ts";
import type { AppReport } from "./report/app-report.ts";
import type { ReplicaSnapshot } from "./report/replica-snapshot.ts";

/** The phase of an app. The names are those of Flyte's `Status.DeploymentStatus`. */
export type AppPhase = "PENDING" | "DEPLOYING" | "ACTIVE" | "STOPPED" | "FAILED";

/** An app as the platform holds it. */
export interface AppRecord {
  readonly id: AppId;
  readonly definition: AppDefinition;
  /** 1 for the first, one more with every change of the definition. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An app and its phase, as a snapshot. */
export interface AppSnapshot extends AppRecord {
  readonly phase: AppPhase;
  /** For people: what it is doing; after a `failure`, what happens now, which may be nothing. */
  readonly message: string;
  /** The reason why it failed, why a replica is replaced, or why a revision was taken out. */
  readonly failure?: Failure;
  /** The time of the last change of phase, message or failure. */
  readonly since: Date;
  /** The URL at which it answers, for example `http://localhost:8080`; kept while it is stopped, for it alone. */
  readonly endpoint: string;
  /** True while the platform holds its port; else that may be somebody else's. */
  readonly isListening: boolean;
  /** Replicas that can answer. */
  readonly readyReplicas: number;
  /** Of the current revision and, during a rollout, of the one before it. */
  readonly replicas: readonly ReplicaSnapshot[];
}

/** The requests of 100 that a revision gets. */
export interface RevisionWeight {
  readonly revision: number;
  /** A whole number; all weights of an app are 100 together. */
  readonly weight: number;
}

/** A revision that is kept, as a snapshot. */
export interface RevisionSnapshot {
  readonly number: number;
  readonly definition: AppDefinition;
  readonly createdAt: Date;
  /** The requests of 100 that it gets. */
  readonly weight: number;
  /** The URL at which only this revision answers; empty if it does not run beside another one. */
  readonly endpoint: string;
  /** Replicas that can answer. */
  readonly readyReplicas: number;
  /** Requests, and those answered with a status of 500 and above, since it last began to get any. */
  readonly requests: number;
  readonly failures: number;
  /** Its state in words; empty if it does nothing. */
  readonly message: string;
  /** As of `AppSnapshot`. */
  readonly failure?: Failure;
}

/** A change of an app. */
export type AppEvent =
  | { readonly type: "created" | "updated"; readonly app: AppSnapshot }
  | { readonly type: "deleted"; readonly app: AppSnapshot };

/** Runs apps. The services call it; it knows nothing of messages and HTTP. */
export interface AppController {
  /**
   * Creates or changes an app and begins its rollout, or stops it if that is wanted of it; resolves when that is stored.
   * Without a change it is a no-op. Commands for one app are carried out one after the other.
   */
  apply(id: AppId, definition: AppDefinition): Promise<AppSnapshot>;
  /** Drains all replicas and stops listening. Resolves when that is stored. @throws AppEnvError NOT_FOUND. */
  stop(id: AppId): Promise<AppSnapshot>;
  /** The revisions of an app that are kept, newest first. @throws AppEnvError NOT_FOUND. */
  revisions(id: AppId): readonly RevisionSnapshot[];
  /**
   * Changes the weights of an app's revisions; resolves when that is stored and begun.
   *
   * @throws AppEnvError NOT_FOUND, INVALID_OPTION.
   */
  setTraffic(id: AppId, weights: readonly RevisionWeight[]): Promise<AppSnapshot>;
  /** Stops and forgets an app and its logs. Without such an app it is a no-op. */
  remove(id: AppId): Promise<void>;
  get(id: AppId): AppSnapshot | undefined;
  /** An app as it stands now, with what a replica of it says of its checks: nothing while none runs. */
  look(id: AppId): Promise<AppSnapshot | undefined>;
  /** Its replicas one by one, and why it stands as it does. @throws AppEnvError NOT_FOUND. */
  report(id: AppId): Promise<AppReport>;
  list(): readonly AppSnapshot[];
  /** Called for every change until the returned function is called. */
  subscribe(listener: (event: AppEvent) => void): () => void;
  /** Accepts exactly these keys (SHA-256, hex) from now on, also in running replicas. */
  setKeyHashes(hashes: readonly string[]): void;
  /** Drains everything. */
  close(): Promise<void>;
}
