import type { EndedReplica, Reason, Replica, ReplicaReport } from "@appenv/client";
import { mebibytes } from "@appenv/core/internal";
import { table } from "./table.ts";

/** Replicas in rows, those that ended below those that run, and the reasons why the app stands as it does. */
export function replicaText({ replicas, ended, restarts, reasons }: ReplicaReport, now: number): string {
  const rows = [...replicas.map((replica) => runningRow(replica, now)), ...ended.map(endedRow)];
  const list = table(["NAME", "REVISION", "STATE", "AGE", "MEMORY", "IN FLIGHT", "REQUESTS", "WHY"], rows);
  const why = reasons.map((reason) => `${reason.kind}: ${reasonText(reason, now)}`);
  return [list, "", `restarts: ${restarts}`, ...why].join("\n");
}

/** A reason in one line: `It crashed twice in a row, so the next start is put off. (in 3 s)`. */
export function reasonText({ message, until }: Reason, now: number): string {
  const text = message.replaceAll(/\s*\n\s*/g, " ");
  return until === undefined
    ? text
    : `${text} (${until.getTime() <= now ? "now" : `in ${age(until.getTime() - now)}`})`;
}

function runningRow(replica: Replica, now: number): readonly string[] {
  const { name, revision, state, startedAt, memoryBytes, inFlight, requests, failures } = replica;
  const served = failures === 0 ? String(requests) : `${requests} (${failures} failed)`;
  const lived = startedAt === undefined ? "" : age(now - startedAt.getTime());
  return [name, String(revision), state, lived, mebibytes(memoryBytes), String(inFlight), served, ""];
}

function endedRow({ name, revision, startedAt, endedAt, code, message }: EndedReplica): readonly string[] {
  const lived = startedAt && endedAt ? age(endedAt.getTime() - startedAt.getTime()) : "";
  const [first = ""] = message.split("\n");
  return [name, String(revision), code === "" ? "ended" : code, lived, "", "", "", first];
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
] as const;

/** A length of time in its largest unit: `3 s`, `5 min`. */
function age(ms: number): string {
  const found = units.find(([, length]) => ms >= length);
  if (found !== undefined) return `${Math.floor(ms / found[1])} ${found[0]}`;
  return `${Math.max(0, Math.round(ms / 1_000))} s`;
}
