import { toBinary } from "@bufbuild/protobuf";
import { AppEnvError, type ControlPlaneOptions } from "@appenv/core";
import type { RunId } from "@appenv/protocol";
import { LiteralSchema } from "@appenv/protocol/tasks";
import { connect } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { held } from "../control-plane/held.ts";
import { taskApi } from "./api.ts";
import { signalCondition } from "./cluster/signal-condition.ts";
import { Run } from "./run.ts";
import { type Candidate, candidatesOf, literalOf, readText, type SignalValue } from "./signal-value.ts";

/** The outcome of a signal: its value was given to the condition, or is kept until the run asks for the condition. */
export type Signalled = "given" | "kept";

/**
 * Gives a condition its value, so that the action that waits for it goes on. On an embedded platform the value may come
 * before the run asks for the condition: then it is kept for the first one of that name.
 *
 * @example
 * await signal("monday", "refund", { approve: true, amount: 40, comment: "as agreed" });
 *
 * @param action - The name of the condition's action, or of the condition if only one of that name waits.
 * @param value - As the condition's type or schema has it; dates may be texts as in JSON.
 * @throws AppEnvError NOT_FOUND, CONDITION_NOT_WAITING, INVALID_INPUT that names the place of what does not fit.
 */
export async function signal(
  run: Run | string,
  action: string,
  value: SignalValue,
  options: ControlPlaneOptions = {},
): Promise<Signalled> {
  return send(run, action, candidatesOf(value), options);
}

/** As `signal`, with a value as a person types it, which is read as the type that the condition wants. */
export async function signalText(
  run: string,
  action: string,
  text: string,
  options: ControlPlaneOptions = {},
): Promise<Signalled> {
  return send(run, action, readText(text), options);
}

async function send(
  run: Run | string,
  action: string,
  candidates: readonly Candidate[],
  options: ControlPlaneOptions,
): Promise<Signalled> {
  const controlPlane = await connect(options);
  if (controlPlane.embedded) {
    const { project, domain } = controlPlane;
    const id = typeof run === "string" ? { project, domain, run } : run.id;
    return held(controlPlane, () => sendByName(controlPlane, id, action, candidates));
  }
  const found = typeof run === "string" ? await Run.get(run, options) : run;
  const name = await findCondition(found, action);
  await held(controlPlane, () => signalCondition(controlPlane, { ...found.id, action: name }, candidates));
  return "given";
}

/** The embedded platform knows the type that the condition wants, or will want. */
async function sendByName(
  controlPlane: ControlPlane,
  id: RunId,
  condition: string,
  candidates: readonly Candidate[],
): Promise<Signalled> {
  const values = candidates.map((candidate) => toBinary(LiteralSchema, literalOf(candidate)));
  const { kept } = await taskApi(controlPlane).conditions.signalCondition({ ...id, condition, values });
  return kept ? "kept" : "given";
}

/** Finds the condition's action, by its own name or by the condition's. */
async function findCondition(run: Run, name: string): Promise<string> {
  const conditions = (await run.actions()).filter(({ kind }) => kind === "condition");
  if (conditions.some((action) => action.name === name)) return name;
  const named = conditions.filter(({ task }) => task === name);
  const waiting = named.filter(({ endedAt }) => endedAt === undefined);
  const [only = named.at(-1)] = waiting;
  if (waiting.length > 1) {
    const names = waiting.map((action) => action.name).join(", ");
    throw new AppEnvError("INVALID_ARGUMENT", `Several conditions '${name}' of the run '${run.name}' wait: ${names}.`, {
      fix: "Signal one of these actions.",
    });
  }
  if (only !== undefined) return only.name;
  throw new AppEnvError("NOT_FOUND", `The run '${run.name}' has no condition '${name}'.`, {
    fix: `Look at its actions: \`appenv get action ${run.name}\`.`,
  });
}
