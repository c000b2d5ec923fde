import type { AppDefinition, AppId } from "@appenv/protocol";
import type { AppRecord, RevisionWeight } from "../apps/contract.ts";
import type { Failure } from "../apps/failure.ts";

/** Apps and their revisions, as they outlive the platform's process. Every call is on disk when it returns. */
export interface AppStore {
  load(): readonly StoredApp[];
  /** The revisions of an app that are kept, newest first. */
  revisions(id: AppId): readonly StoredRevision[];
  /** The launch of each kept revision of all apps. */
  launches(): readonly AppDefinition["launch"][];
  /** True if a kept revision of an app names the bundle of this URI. */
  usesBundle(uri: string): boolean;
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
  /** The weight of each revision, the newest revision first; empty: `revision` gets all requests. */
  readonly traffic: readonly RevisionWeight[];
  /** The revisions that answered last: they come back if the platform ends before the wanted ones answer. Unset: none yet. */
  readonly served?: ServedRevisions;
  /** The reason why the wanted revision could not be started; unset if it could, or nothing is known yet. */
  readonly failure?: Failure;
}

/** The newest revision that could answer, and the weights then. */
export type ServedRevisions = Pick<StoredApp, "revision" | "traffic">;

/** A definition an app had. */
export interface StoredRevision {
  readonly number: number;
  readonly definition: AppDefinition;
  readonly createdAt: Date;
}
