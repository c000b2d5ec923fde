import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { EndedReplicaSchema, ReasonSchema, ReplicaReportSchema, ReplicaSchema } from "@appenv/protocol";
import type { ReplicaSnapshot } from "../../apps/report/replica-snapshot.ts";
import type { AppReport, EndedReplica, Reason } from "../../apps/report/app-report.ts";
import { readProcesses, type ProcessTable } from "../../replicas/pool/process-table.ts";

type ReportInit = MessageInitShape<typeof ReplicaReportSchema>;

/** Writes reports as messages. */
export type WriteReport = (report: AppReport) => ReportInit;

/** Interval between two looks at all processes of the machine, in milliseconds. */
const lookEveryMs = 5_000;

/** Writes reports; the memory of processes below a replica is looked up now and then. */
export function reportWriter(): WriteReport {
  let table: ProcessTable | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  return ({ replicas, ended, restarts, reasons }) => {
    const now = performance.now();
    if (replicas.length > 0 && now - lookedAt >= lookEveryMs) [table, lookedAt] = [readProcesses(), now];
    return {
      replicas: replicas.map((replica) => replicaMessage(replica, table)),
      ended: ended.map(endedMessage),
      restarts: BigInt(restarts),
      reasons: reasons.map(reasonMessage),
    };
  };
}

function replicaMessage(
  { name, revision, state, pid, startedAt, readyAt, memoryBytes, inFlight, requests, failures }: ReplicaSnapshot,
  table: ProcessTable | undefined,
): MessageInitShape<typeof ReplicaSchema> {
  return {
    name,
    revision: BigInt(revision),
    state,
    pid,
    startedAt: timestampFromDate(startedAt),
    ...(readyAt === undefined ? {} : { readyAt: timestampFromDate(readyAt) }),
    memoryBytes: whole(Math.max(memoryBytes, table?.memoryOf(pid) ?? 0)),
    inFlight: Math.min(Number(whole(inFlight)), 2 ** 31),
    requests: whole(requests),
    failures: whole(failures),
  };
}

/** A whole number, not below 0: code of an app can send reports of its own, with any numbers. */
function whole(value: number): bigint {
  return BigInt(Math.min(Math.max(0, Math.round(value)) || 0, Number.MAX_SAFE_INTEGER));
}

function endedMessage({
  name,
  revision,
  startedAt,
  endedAt,
  code,
  message,
  exitCode,
  signal,
}: EndedReplica): MessageInitShape<typeof EndedReplicaSchema> {
  return {
    name,
    revision: BigInt(revision),
    startedAt: timestampFromDate(startedAt),
    endedAt: timestampFromDate(endedAt),
    code,
    message,
    signal: signal ?? "",
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

function reasonMessage({ kind, message, until }: Reason): MessageInitShape<typeof ReasonSchema> {
  return { kind, message, ...(until === undefined ? {} : { until: timestampFromDate(until) }) };
}
