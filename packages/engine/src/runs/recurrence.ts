import { AppEnvError } from "@appenv/core";
import type { TaskDefinition } from "@appenv/protocol";
import { readSchedule } from "@appenv/protocol/tasks";
import { queueKey } from "@appenv/protocol/values";
import { keyOf } from "../attempts/worker-spec.ts";
import type { NewRun } from "../contracts/runs.ts";
import type { EngineContext } from "../live/context.ts";
import type { Payload } from "../objects/objects.ts";
import type { RecentKey } from "../store/recent-run-table.ts";
import { idsPerRun } from "../store/rows.ts";

/** A request for a run of a debounced or throttled task. */
export interface Recurring {
  readonly of: RecentKey;
  /** The time at which a new run begins; undefined: at once. */
  readonly due: number | undefined;
}

/** A run that a request is answered with, as another one has made it. */
export interface EarlierRun {
  readonly name: string;
  /** Called once that is on disk. */
  readonly stored: () => void;
}

/**
 * The rule that a request falls under. Reruns fall under none: somebody has asked for just this one.
 *
 * @throws AppEnvError INVALID_INPUT if a debounced one states its own begin.
 */
export function recurring(asked: NewRun, taskName: number, now: number): Recurring | undefined {
  const { definition } = asked.task;
  const { debounce, throttle } = definition?.settings ?? {};
  const rule = debounce ?? throttle;
  if (definition === undefined || rule === undefined || asked.rerunOf !== undefined || asked.recover !== undefined) {
    return undefined;
  }
  if (debounce !== undefined) checkSchedule(asked);
  const kind = debounce === undefined ? "throttle" : "debounce";
  const of = { task: taskName, kind, key: queueKey(definition.interface, asked.inputs, rule.key) } as const;
  return { of, due: debounce && now + debounce.delayMs };
}

/** @throws AppEnvError INVALID_INPUT */
function checkSchedule({ task, settings }: NewRun): void {
  const { startAt, ttlMs } = readSchedule(settings.annotations);
  if (startAt === undefined && ttlMs === undefined) return;
  throw new AppEnvError(
    "INVALID_INPUT",
    `The task '${task.id.name}' is debounced: its \`debounce\` says when a run begins.`,
    {
      fix: "Leave out `delay`, `at` and `ttl`.",
    },
  );
}

/** The run that a request is answered with instead of a new one. Within the transaction. */
export function earlierRun(
  context: EngineContext,
  { of }: Recurring,
  asked: NewRun,
  payload: Payload,
  now: number,
): EarlierRun | undefined {
  const { debounce, throttle } = asked.task.definition?.settings ?? {};
  if (debounce !== undefined) return putOff(context, of, asked, payload, now, debounce);
  const { perMs, limit } = throttle ?? { perMs: 0, limit: 1 };
  const runs = context.store.recentRuns.since(of, now - perMs);
  const last = runs.at(-1);
  return runs.length < limit || last === undefined ? undefined : { name: last.name, stored: () => {} };
}

/** Puts off the run that waits, and gives it the inputs of this request. */
function putOff(
  context: EngineContext,
  of: RecentKey,
  asked: NewRun,
  inputs: Payload,
  now: number,
  { delayMs, maxMs }: NonNullable<TaskDefinition["settings"]["debounce"]>,
): EarlierRun | undefined {
  const { store, runs } = context;
  const found = store.recentRuns.scheduled(of, now);
  if (found === undefined) return undefined;
  const { definition } = asked.task;
  const nextAt = Math.min(now + delayMs, found.at + maxMs);
  const deadlineMs = definition?.settings.deadlineMs;
  const changes = {
    nextAt,
    deadlineAt: deadlineMs === undefined ? undefined : nextAt + deadlineMs,
    queueKey: asked.settings.queueKey ?? keyOf(definition, asked.inputs),
  };
  store.actions.writeRequest(found.run * idsPerRun, inputs, changes);
  return {
    name: found.name,
    stored: () => {
      const action = runs.get(found.run)?.live.get("a0");
      if (action === undefined) return;
      Object.assign(action.row, changes, { inputs });
      context.touch(action);
    },
  };
}
