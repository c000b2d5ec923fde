import { mebibytes } from "@appenv/core/internal";
import { memoryLimit } from "../../replicas/launch.ts";
import type { AppSnapshot } from "../contract.ts";
import { statusText } from "../failure.ts";
import type { ReplicaScaler } from "../scaling/replica-scaler.ts";
import type { AppTiming } from "../timing.ts";
import type { EndedReplica, Reason } from "./app-report.ts";

/** The parts of an app that reasons are read from. */
export interface Standing {
  readonly app: AppSnapshot;
  readonly scaler: ReplicaScaler;
  readonly ended: readonly EndedReplica[];
  /** Connections that wait for a replica. */
  readonly waiting: number;
  /** True while a rollout is under way. */
  readonly rollsOut: boolean;
  /** The checks that fail, each with the reason. */
  readonly checks: Readonly<Record<string, string>>;
  /** Sentences about apps it depends on that cannot be reached. */
  readonly dependencies: readonly string[];
  readonly timing: AppTiming;
}

const hourMs = 3_600_000;

/** Reasons why an app is not ready, restarts or does not scale, the weightiest first. */
export function reasonsOf(standing: Standing): readonly Reason[] {
  if (standing.app.phase === "STOPPED") return [];
  return [
    ...failed(standing),
    ...backoff(standing),
    ...waiting(standing),
    ...starting(standing),
    ...rollout(standing),
    ...standing.dependencies.map((message): Reason => ({ kind: "dependency", message })),
    ...Object.entries(standing.checks).map(([name, error]): Reason => ({
      kind: "check",
      message: `The check '${name}' fails: ${error}.`,
    })),
    ...memory(standing),
    ...numberOfReplicas(standing),
    ...idle(standing),
  ];
}

function failed({ app }: Standing): readonly Reason[] {
  return app.failure === undefined ? [] : [{ kind: "failed", message: statusText(app) }];
}

function backoff({ scaler }: Standing): readonly Reason[] {
  const waitMs = scaler.backoff.waitMs(performance.now());
  if (waitMs <= 0) return [];
  const { crashes } = scaler.backoff;
  const message = `It ended by itself ${times(crashes)} in a row, so the next start is put off.`;
  return [{ kind: "backoff", message, until: inMs(waitMs) }];
}

function waiting({ waiting: count, timing }: Standing): readonly Reason[] {
  if (count === 0) return [];
  const message = `${plural(count, "connection waits", "connections wait")} for a replica; each is answered with 503 after ${timing.holdMs / 1_000} s.`;
  return [{ kind: "waiting", message }];
}

function starting({ app, timing }: Standing): readonly Reason[] {
  return app.replicas
    .filter(({ state }) => state === "starting")
    .map(({ name, startedAt }) => ({
      kind: "starting",
      message: `${name} is starting, and is given up if it cannot answer in time.`,
      until: new Date(startedAt.getTime() + timing.startMs),
    }));
}

function rollout({ app, rollsOut }: Standing): readonly Reason[] {
  if (!rollsOut) return [];
  const message = `Revision ${app.revision} is rolled out; until that is done, the number of replicas stays as it is.`;
  return [{ kind: "rollout", message }];
}

function memory({ app, ended }: Standing): readonly Reason[] {
  const since = Date.now() - hourMs;
  const kills = ended.filter(({ code, endedAt }) => code === "OOM_KILLED" && endedAt.getTime() >= since).length;
  if (kills === 0) return [];
  const limit = memoryLimit(app.definition);
  const beyond = limit === undefined ? "too much memory" : `more than ${mebibytes(limit)} of memory`;
  return [
    {
      kind: "memory",
      message: `${plural(kills, "replica was", "replicas were")} ended in the last hour for the use of ${beyond}.`,
    },
  ];
}

function numberOfReplicas({ app, scaler }: Standing): readonly Reason[] {
  const { max } = app.definition.replicas;
  if (max === 0) return [{ kind: "no-replicas", message: "It is scaled to 0 replicas, so it answers nothing." }];
  const wanted = scaler.wanted;
  if (wanted <= max) return [];
  const message = `Its load asks for ${wanted} replicas, and ${max} is the maximum: \`scaling.replicas\`.`;
  return [{ kind: "max-replicas", message }];
}

/** The last replica of an app that may have none ends by itself. */
function idle({ app, scaler, rollsOut }: Standing): readonly Reason[] {
  const { ready, idleUntil } = scaler;
  if (rollsOut || app.definition.replicas.min > 0 || ready.length !== 1) return [];
  const open = ready[0]?.load?.inFlight ?? 0;
  if (open > 0)
    return [
      {
        kind: "idle",
        message: `${plural(open, "open request or socket keeps", "open requests and sockets keep")} the last replica.`,
      },
    ];
  const message = "The last replica ends unless a request comes before; the next request starts another one.";
  return idleUntil === undefined ? [] : [{ kind: "idle", message, until: inMs(idleUntil - performance.now()) }];
}

function inMs(ms: number): Date {
  return new Date(Date.now() + Math.max(0, ms));
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function plural(count: number, one: string, several: string): string {
  return count === 1 ? `One ${one}` : `${count} ${several}`;
}
