import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { createClient, type Client } from "@connectrpc/connect";
import {
  ReplicaService,
  type AppId,
  type EndedReplicaMessage,
  type ReasonMessage,
  type ReplicaMessage,
  type ReplicaReportMessage,
} from "@appenv/protocol";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { requirePlatform } from "../control-plane/require-platform.ts";

/** A replica that runs. */
export interface Replica {
  readonly name: string;
  readonly revision: number;
  /** `starting`: it cannot answer yet; `draining`: it finishes what is open, and takes nothing new. */
  readonly state: "starting" | "ready" | "draining";
  readonly pid: number;
  readonly startedAt: Date | undefined;
  /** Undefined while it cannot answer. */
  readonly readyAt: Date | undefined;
  /** Resident memory, that of processes below it included. */
  readonly memoryBytes: number;
  /** Requests and sockets open. */
  readonly inFlight: number;
  /** Requests, and responses of status 500 and above, since its start. */
  readonly requests: number;
  readonly failures: number;
}

/** A replica that has ended. */
export interface EndedReplica {
  readonly name: string;
  readonly revision: number;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** The error code of its fault, for example `OOM_KILLED`; empty if it was not needed any more. */
  readonly code: string;
  /** Its end in words, with its last output if it crashed. */
  readonly message: string;
  /** Undefined if a signal ended it. */
  readonly exitCode: number | undefined;
  /** For example `SIGKILL`; empty if it exited by itself. */
  readonly signal: string;
}

/** A reason why an app is not ready, restarts or does not scale. */
export interface Reason {
  /** For example `backoff`, `check`, `max-replicas`. */
  readonly kind: string;
  /** For people. */
  readonly message: string;
  /** The moment at which something follows by itself, such as the next start. */
  readonly until: Date | undefined;
}

/** The replicas of an app one by one, and why it stands as it does. */
export interface ReplicaReport {
  /** The oldest first. */
  readonly replicas: readonly Replica[];
  /** The last 20 that ended since the platform started, the latest first. */
  readonly ended: readonly EndedReplica[];
  /** Replicas that ended by a fault of theirs since the platform started. */
  readonly restarts: number;
  /** The weightiest first; none: all is as wanted. */
  readonly reasons: readonly Reason[];
}

/** @throws AppEnvError NOT_FOUND, UNSUPPORTED on other control planes. */
export async function listReplicas(controlPlane: ControlPlane, app: AppId): Promise<ReplicaReport> {
  const { report } = await replicasOf(controlPlane).listReplicas({ app });
  return readReport(report);
}

/** Now, then after every change. @throws AppEnvError NOT_FOUND, also when the app is deleted; UNSUPPORTED. */
export async function* watchReplicas(
  controlPlane: ControlPlane,
  app: AppId,
  signal: AbortSignal | undefined,
): AsyncGenerator<ReplicaReport> {
  const options = signal === undefined ? {} : { signal };
  for await (const { report } of replicasOf(controlPlane).watchReplicas({ app }, options)) yield readReport(report);
}

function replicasOf(controlPlane: ControlPlane): Client<typeof ReplicaService> {
  requirePlatform(controlPlane, "Replicas one by one", "Look at the pods with the tools of the cluster.");
  return createClient(ReplicaService, controlPlane.transport);
}

function readReport(report: ReplicaReportMessage | undefined): ReplicaReport {
  return {
    replicas: report?.replicas.map(readReplica) ?? [],
    ended: report?.ended.map(readEnded) ?? [],
    restarts: Number(report?.restarts ?? 0),
    reasons: report?.reasons.map(readReason) ?? [],
  };
}

function readReplica({ name, revision, state, pid, inFlight, ...replica }: ReplicaMessage): Replica {
  return {
    name,
    revision: Number(revision),
    state: state === "ready" || state === "draining" ? state : "starting",
    pid,
    startedAt: dateOf(replica.startedAt),
    readyAt: dateOf(replica.readyAt),
    memoryBytes: Number(replica.memoryBytes),
    inFlight,
    requests: Number(replica.requests),
    failures: Number(replica.failures),
  };
}

function readEnded({ name, revision, code, message, exitCode, signal, ...ended }: EndedReplicaMessage): EndedReplica {
  const times = { startedAt: dateOf(ended.startedAt), endedAt: dateOf(ended.endedAt) };
  return { name, revision: Number(revision), ...times, code, message, exitCode, signal };
}

function readReason({ kind, message, until }: ReasonMessage): Reason {
  return { kind, message, until: dateOf(until) };
}

function dateOf(time: Timestamp | undefined): Date | undefined {
  return time === undefined ? undefined : timestampDate(time);
}
