import type { AppDefinition, AppId } from "@appenv/protocol";

/** How an app stands. The names are those of Flyte's `Status.DeploymentStatus`. */
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

/** An app and how it stands, as a snapshot. */
export interface AppSnapshot extends AppRecord {
  readonly phase: AppPhase;
  /** For people: what it is doing, or why it failed with code and fix, for example `[CRASH_LOOP] ...`. */
  readonly message: string;
  /** When `phase` or `message` last changed. */
  readonly since: Date;
  /** Where it answers, for example `http://localhost:8080`; kept while stopped, and nobody else's then. */
  readonly endpoint: string;
  /** Replicas that can answer. */
  readonly readyReplicas: number;
  /** Of the current revision and, during a rollout, of the one before it. */
  readonly replicas: readonly ReplicaSnapshot[];
}

/** One replica, as a snapshot. */
export interface ReplicaSnapshot {
  readonly name: string;
  readonly revision: number;
  readonly pid: number;
  readonly state: "starting" | "ready" | "draining";
  readonly inFlight: number;
}

/** The share of requests a revision gets. */
export interface Share {
  readonly revision: number;
  /** Of all shares together 100. */
  readonly percent: number;
}

/** A revision that is kept, as a snapshot. */
export interface RevisionSnapshot {
  readonly number: number;
  readonly createdAt: Date;
  /** The share of requests it gets. */
  readonly percent: number;
  /** Where only this revision answers; empty if it does not run beside another one. */
  readonly endpoint: string;
  /** Replicas that can answer. */
  readonly readyReplicas: number;
  /** Requests, and those answered with a status of 500 and above, since it last began to get any. */
  readonly requests: number;
  readonly failures: number;
  /** What it does, for people; empty if it does nothing. */
  readonly message: string;
}

/** What happened to an app. */
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
   * Shares the requests of an app out anew; resolves when that is stored and begun.
   *
   * @throws AppEnvError NOT_FOUND, INVALID_OPTION.
   */
  setTraffic(id: AppId, shares: readonly Share[]): Promise<AppSnapshot>;
  /** Stops and forgets an app and its logs. Without such an app it is a no-op. */
  remove(id: AppId): Promise<void>;
  get(id: AppId): AppSnapshot | undefined;
  /** An app as it stands now, with what a replica of it says of its checks: nothing while none runs. */
  look(id: AppId): Promise<AppSnapshot | undefined>;
  list(): readonly AppSnapshot[];
  /** Called for every change until the returned function is called. */
  subscribe(listener: (event: AppEvent) => void): () => void;
  /** Accepts exactly these keys (SHA-256, hex) from now on, also in running replicas. */
  setKeyHashes(hashes: readonly string[]): void;
  /** Drains everything. */
  close(): Promise<void>;
}

/** What outlives the platform's process. Every call is on disk when it returns. */
export interface AppStore {
  load(): readonly StoredApp[];
  /** The revisions of an app that are kept, newest first. */
  revisions(id: AppId): readonly StoredRevision[];
  /** What the kept revisions of all apps run. */
  launches(): readonly AppDefinition["launch"][];
  /** Keeps the app, and its definition as a revision. @throws AppEnvError DISK_FULL, STATE_UNWRITABLE; nothing is changed then. */
  save(app: StoredApp): void;
  remove(id: AppId): void;
}

/** An app as it is stored: with the port it had, so that it comes back at the same place. */
export interface StoredApp extends AppRecord {
  /** 0 before it was first bound. */
  readonly port: number;
  /** The highest number a revision had. */
  readonly lastRevision: number;
  /** How requests are shared out, the newest revision first; empty: `revision` gets them all. */
  readonly traffic: readonly Share[];
  /** The revisions that answered last: they come back if the platform ends before the wanted ones answer. Unset: none yet. */
  readonly served?: ServedPlan;
  /** Why the wanted revision could not be started, for people; unset if it could, or nothing is known yet. */
  readonly failure?: string;
}

/** A revision that could answer, and how requests were shared out then. */
export type ServedPlan = Pick<StoredApp, "revision" | "traffic">;

/** A definition an app had. */
export interface StoredRevision {
  readonly number: number;
  readonly definition: AppDefinition;
  readonly createdAt: Date;
}

/** Where the output of replicas goes. */
export interface LogSink {
  /** Lines without their line break. Never throws: what cannot be written is counted and said in the next line that can. */
  write(id: AppId, replica: string, stream: "stdout" | "stderr" | "platform", lines: readonly string[]): void;
  /** Deletes an app's logs. */
  remove(id: AppId): void;
}
