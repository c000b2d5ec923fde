import { createHash } from "node:crypto";
import { fromBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import { completeInputs, fillInputs, inputsHash, TaskSpecSchema, type TaskSpec } from "@appenv/protocol/tasks";
import type { NewRun } from "../contracts/runs.ts";
import type { TaskRecord } from "../contracts/tasks.ts";
import { Objects, type Payload } from "../objects/objects.ts";
import { liveOutcome } from "../store/codes.ts";
import type { EngineContext } from "../live/context.ts";
import type { RerunRow } from "../store/rerun-table.ts";
import { readDifferences } from "./rerun-from.ts";
import { tooLarge } from "../attempts/retry-decision.ts";

/** A run that is to be written: its inputs are checked, and on disk if they are large. */
export interface Prepared {
  readonly asked: NewRun;
  readonly payload: Payload;
  readonly differences: readonly RerunRow[];
  readonly requestHash: string | undefined;
}

/** Checks a run, and keeps its inputs if they are large. @throws AppEnvError UNSUPPORTED, INVALID_INPUT, PAYLOAD_TOO_LARGE, NOT_FOUND, DISK_FULL, STATE_UNWRITABLE. */
export async function prepare(context: EngineContext, asked: NewRun): Promise<Prepared> {
  const inputs = checkedInputs(asked);
  if (asked.name !== undefined) checkName(asked.name);
  const payload = Objects.isLarge(inputs) ? await context.store.objects.put(inputs) : { bytes: inputs };
  const differences = await differencesOf(context, asked);
  const requestHash = asked.idempotencyKey === undefined ? undefined : hashOf(asked, asked.statedInputs ?? inputs);
  return { asked: { ...asked, inputs }, payload, differences, requestHash };
}

function specOf({ spec }: TaskRecord): TaskSpec {
  return fromBinary(TaskSpecSchema, spec);
}

/** @throws AppEnvError UNSUPPORTED, INVALID_INPUT, PAYLOAD_TOO_LARGE. */
function checkedInputs({ task, inputs }: NewRun): Uint8Array {
  const { definition } = task;
  if (definition === undefined) {
    throw new AppEnvError(
      "UNSUPPORTED",
      `The task '${task.id.name}' has no container, so this platform cannot run it.`,
      {
        fix: "Run it on a Flyte cluster.",
      },
    );
  }
  // Only the SDK of a task knows all of its types: its values stay as they were written.
  const isOwn = definition.launch.kind === "bundle";
  const filled = isOwn ? fillInputs(definition.interface, inputs) : completeInputs(specOf(task), inputs);
  const { maxInlineBytes } = definition.settings;
  if (filled.byteLength <= maxInlineBytes) return filled;
  throw new AppEnvError(
    "PAYLOAD_TOO_LARGE",
    tooLarge(`The input of '${task.id.name}'`, filled.byteLength, maxInlineBytes),
  );
}

function checkName(name: string): void {
  if (/^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$/.test(name)) return;
  throw new AppEnvError("INVALID_INPUT", `The run's name '${name.slice(0, 60)}' does not fit Flyte's rule.`, {
    fix: "Use at most 30 characters: lower case letters, digits and hyphens, with a letter or digit at both ends.",
  });
}

/** The identity of a request, whatever version is deployed meanwhile. */
function hashOf({ task, recover, rerunFrom }: NewRun, inputs: Uint8Array): string {
  const { project, domain, name } = task.id;
  const { actions = [], inputs: others = new Map<string, Uint8Array>() } = rerunFrom ?? {};
  const edited = [...others].map(([action, bytes]) => [action, inputsHash(bytes)]);
  const from = actions.length === 0 ? [] : [recover, actions, edited];
  return createHash("sha256")
    .update(JSON.stringify([project, domain, name, inputsHash(inputs), ...from]))
    .digest("base64");
}

async function differencesOf(context: EngineContext, asked: NewRun): Promise<readonly RerunRow[]> {
  const { project, domain, rerunFrom, recover } = asked;
  if (rerunFrom === undefined) return [];
  if (recover === undefined)
    throw new AppEnvError("INVALID_INPUT", "Actions run again in a run that recovers another.");
  const scope = context.store.tasks.findScope(project, domain);
  return readDifferences(context, recovered(context, scope?.id, asked, recover), asked);
}

/** The row of the run to recover. @throws AppEnvError NOT_FOUND, INVALID_INPUT. */
export function recovered(context: EngineContext, scope: number | undefined, asked: NewRun, name: string): number {
  const row = scope === undefined ? undefined : context.store.runs.byName(scope, name);
  if (row === undefined) {
    throw new AppEnvError("NOT_FOUND", `There is no run '${name}' in ${asked.project}/${asked.domain} to recover.`);
  }
  if (Number(row["outcome"]) !== liveOutcome) return Number(row["id"]);
  throw new AppEnvError("INVALID_INPUT", `The run '${name}' has not ended; there is nothing to recover yet.`, {
    fix: "Wait for it, or abort it first.",
  });
}
