import { toBinary } from "@bufbuild/protobuf";
import { AppEnvError, type ControlPlaneOptions } from "@appenv/core";
import type { ValueType } from "@appenv/core/internal";
import type { ActionId, RunId } from "@appenv/protocol";
import { LiteralSchema, toActionIdentifier, toLiteral } from "@appenv/protocol/tasks";
import { connect } from "../control-plane/connect.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { held } from "../control-plane/held.ts";
import { taskApi } from "./api.ts";
import { Run } from "./run.ts";

type SignalValue = boolean | number | string;
type Candidate = readonly [kind: "boolean" | "integer" | "float" | "string", value: SignalValue];

/** The outcome of a signal: its value was given to the condition, or is kept until the run asks for the condition. */
export type Signalled = "given" | "kept";

/**
 * Gives a condition its value, so that the action that waits for it goes on. On an embedded platform the value may come
 * before the run asks for the condition: then it is kept for the first one of that name.
 *
 * @param action - The name of the condition's action, or of the condition if only one of that name waits.
 * @throws AppEnvError NOT_FOUND, CONDITION_NOT_WAITING, INVALID_INPUT if the condition wants another type.
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
  await held(controlPlane, () => sendFirst(controlPlane, { ...found.id, action: name }, candidates));
  return "given";
}

/** The embedded platform knows the type that the condition wants, or will want. */
async function sendByName(
  controlPlane: ControlPlane,
  id: RunId,
  condition: string,
  candidates: readonly Candidate[],
): Promise<Signalled> {
  const values = candidates.map(([kind, value]) => toBinary(LiteralSchema, toLiteral({ kind }, value)));
  const { kept } = await taskApi(controlPlane).conditions.signalCondition({ ...id, condition, values });
  return kept ? "kept" : "given";
}

/** Flyte's messages do not say what type a condition wants: the first one that it takes counts. */
async function sendFirst(
  controlPlane: ControlPlane,
  id: ActionId,
  [first, ...others]: readonly Candidate[],
): Promise<void> {
  if (first === undefined) throw new AppEnvError("INVALID_INPUT", "There is no value.");
  const type: ValueType = { kind: first[0] };
  const value = toLiteral(type, first[1]);
  try {
    await taskApi(controlPlane).actions.signal({ actionId: toActionIdentifier(id), parentActionName: "", value });
  } catch (error) {
    if (others.length === 0 || !AppEnvError.is(error, "INVALID_INPUT")) throw error;
    // The first error is more to the point than the others.
    await sendFirst(controlPlane, id, others).catch(() => {
      throw error;
    });
  }
}

function candidatesOf(value: SignalValue): readonly Candidate[] {
  if (typeof value === "boolean") return [["boolean", value]];
  if (typeof value === "string") return [["string", value]];
  return Number.isInteger(value)
    ? [
        ["integer", value],
        ["float", value],
      ]
    : [["float", value]];
}

function readText(text: string): readonly Candidate[] {
  const string: Candidate = ["string", text];
  const word = text.trim().toLowerCase();
  if (/^(true|yes)$/.test(word)) return [["boolean", true], string];
  if (/^(false|no)$/.test(word)) return [["boolean", false], string];
  if (/^[+-]?\d+$/.test(word)) return [...candidatesOf(Number(word)), string];
  return word !== "" && Number.isFinite(Number(word)) ? [["float", Number(word)], string] : [string];
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
