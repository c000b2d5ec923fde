import { toBinary } from "@bufbuild/protobuf";
import type { TaskInterface } from "@appenv/core/internal";
import type { ActionId, RunId } from "@appenv/protocol";
import {
  type ActionDetails,
  decodeInputs,
  decodeOutput,
  decodeValue,
  fillRunTime,
  fromLiteralType,
  type Inputs,
  InputsSchema,
  interfaceOfSpec,
  lacksRunTime,
  type Literal,
  OutputsSchema,
  toActionIdentifier,
  toRunIdentifier,
} from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { patiently } from "../control-plane/held.ts";
import { hasSucceeded, readAction, readTime } from "./action.ts";
import { readActionData, readOutputData } from "./action-data.ts";
import { taskApi } from "./api.ts";

/** The inputs and the output of an action. */
export interface ActionValues {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Undefined also while there is none. */
  readonly output: unknown;
  /** Of its task; undefined for a trace or a condition. */
  readonly interface: TaskInterface | undefined;
}

/** Facts about an action that are known before its values are read. */
export interface KnownAction {
  readonly interface: TaskInterface | undefined;
  /** True if it has succeeded. */
  readonly succeeded: boolean;
}

/** Reads what an action was given and what it gave. @throws AppEnvError NOT_FOUND. */
export async function readValues(
  controlPlane: ControlPlane,
  id: ActionId,
  known: KnownAction = { interface: undefined, succeeded: false },
): Promise<ActionValues> {
  const data = readActionData(controlPlane, id);
  data.catch(() => {});
  const details = known.interface === undefined ? await readDetails(controlPlane, id) : undefined;
  // Flyte's backend has no data of a condition: its value is in the details.
  if (!controlPlane.embedded && details?.spec.case === "condition") return signalled(details);
  const type = known.interface ?? (details?.spec.case === "task" ? interfaceOfSpec(details.spec.value) : undefined);
  const succeeded = known.succeeded || (details !== undefined && hasSucceeded(readAction(details).phase));
  const first = await data;
  const isComplete = !succeeded || type?.output === undefined;
  const { inputs, outputs } = isComplete ? first : await readOutputData(controlPlane, id, first);
  const given = inputs === undefined ? new Uint8Array() : await wholeInputs(controlPlane, id, inputs);
  const gave = outputs === undefined || outputs.literals.length === 0 ? undefined : toBinary(OutputsSchema, outputs);
  if (type === undefined) return { inputs: {}, output: gave && readUntyped(details, gave), interface: undefined };
  return { inputs: decodeInputs(type, given), output: gave && decodeOutput(type.output, gave), interface: type };
}

/** Inputs of a run of a trigger on a Flyte cluster lack the time of the run, which the run itself has. */
async function wholeInputs(controlPlane: ControlPlane, id: RunId, inputs: Inputs): Promise<Uint8Array> {
  const bytes = toBinary(InputsSchema, inputs);
  if (!lacksRunTime(inputs)) return bytes;
  const request = { runId: toRunIdentifier(id) };
  const { details } = await patiently(controlPlane, () => taskApi(controlPlane).runs.getRunDetails(request));
  return fillRunTime(bytes, readTime(details?.runSpec?.runStartTime));
}

function signalled({ result }: ActionDetails): ActionValues {
  const literal = result.case === "signalInfo" ? result.value.output : undefined;
  return { inputs: {}, output: literal && plainValue(literal), interface: undefined };
}

/** Decodes the value of a condition, which has its type, or of a trace, which is written as traces are. */
function readUntyped(details: ActionDetails | undefined, bytes: Uint8Array): unknown {
  const asked = details?.spec.case === "condition" ? details.spec.value.type : undefined;
  return asked === undefined ? decodeValue(bytes) : decodeOutput(fromLiteralType(asked), bytes);
}

/** The value of a literal that is a primitive. */
function plainValue({ value }: Literal): unknown {
  const scalar = value.case === "scalar" ? value.value.value : undefined;
  if (scalar?.case !== "primitive") return undefined;
  const { value: plain } = scalar.value.value;
  return typeof plain === "bigint" ? Number(plain) : plain;
}

async function readDetails(controlPlane: ControlPlane, id: ActionId): Promise<ActionDetails | undefined> {
  const request = { actionId: toActionIdentifier(id) };
  return (await patiently(controlPlane, () => taskApi(controlPlane).runs.getActionDetails(request))).details;
}
