import { AppEnvError, type RunPhase } from "@appenv/core";
import { checkOptions, type OptionNames } from "@appenv/core/internal";
import { actionPhaseName, RunSource, type Firings } from "@appenv/protocol/tasks";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { held } from "../control-plane/held.ts";
import { requirePlatform } from "../control-plane/require-platform.ts";
import { readTime } from "../run/action.ts";
import { taskApi } from "../run/api.ts";
import { Run } from "../run/run.ts";
import { onceInRun } from "../run/start-run.ts";

/** Options of `Trigger.fire`. */
export interface FireOptions {
  /** An idempotency key: two calls with one key make one run. Inside a run, the call has one by itself. */
  readonly idempotencyKey?: string;
}

/** Firings of a trigger, as the platform tells them. */
export interface TriggerFirings {
  readonly task: string;
  readonly name: string;
  /** The time for which it fired last by the clock. */
  readonly lastAt: Date | undefined;
  /** The newest run that it has started, with its phase. */
  readonly lastRun: { readonly name: string; readonly phase: RunPhase } | undefined;
  /** The times for which it fires next; none while it is not active. */
  readonly next: readonly Date[];
}

const fireNames: OptionNames<FireOptions> = { idempotencyKey: true };

/** The firings of triggers of a project and domain; none on a Flyte cluster, which does not tell them. */
export async function listFirings(
  controlPlane: ControlPlane,
  asked: { readonly task?: string; readonly name?: string; readonly next?: number } = {},
): Promise<readonly TriggerFirings[]> {
  if (!controlPlane.embedded) return [];
  const { project, domain } = controlPlane;
  const { firings } = await held(controlPlane, () =>
    taskApi(controlPlane).firings.listFirings({ project, domain, ...asked }),
  );
  return firings.map(readFirings);
}

/** The next firings of one trigger. @throws AppEnvError UNSUPPORTED on a cluster. */
export async function nextFirings(
  controlPlane: ControlPlane,
  trigger: { readonly task: string; readonly name: string },
  next: number,
): Promise<readonly Date[]> {
  requirePlatform(controlPlane, "Next firings of triggers", "Look at the schedule of the trigger.");
  return (await listFirings(controlPlane, { ...trigger, next }))[0]?.next ?? [];
}

/** Starts a run as a trigger would, now. @throws AppEnvError NOT_FOUND, UNREACHABLE, UNSUPPORTED. */
export async function fire(
  controlPlane: ControlPlane,
  trigger: { readonly task: string; readonly name: string },
  given: FireOptions = {},
): Promise<Run> {
  checkOptions(given, "Trigger.fire", fireNames);
  const { task, name } = trigger;
  const { project, domain } = controlPlane;
  const { idempotencyKey: key = "" } = onceInRun(given, `trigger ${task}:${name}`, new Uint8Array());
  if (!controlPlane.embedded && given.idempotencyKey !== undefined) {
    throw new AppEnvError("UNSUPPORTED", "A Flyte cluster knows no idempotency key of a firing.", {
      fix: "Fire the trigger without `idempotencyKey`.",
    });
  }
  const request = {
    id: { case: "projectId", value: { name: project, domain } },
    task: { case: "triggerName", value: { project, domain, taskName: task, name } },
    source: RunSource.CLI,
  } as const;
  const headers = key === "" || !controlPlane.embedded ? {} : { "Idempotency-Key": key };
  const { run } = await held(controlPlane, () => taskApi(controlPlane).runs.createRun(request, { headers }));
  if (run?.action !== undefined) return new Run(controlPlane, run.action);
  throw new AppEnvError("CONTROL_PLANE", `${controlPlane.endpoint} did not answer with the run.`);
}

function readFirings({ trigger, lastAt, lastRun, lastPhase, next }: Firings): TriggerFirings {
  return {
    task: trigger?.task ?? "",
    name: trigger?.name ?? "",
    lastAt: readTime(lastAt),
    lastRun: lastRun === "" ? undefined : { name: lastRun, phase: actionPhaseName(lastPhase) },
    next: next.map((time) => timestampDate(time)),
  };
}
