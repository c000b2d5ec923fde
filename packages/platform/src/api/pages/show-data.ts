import { fromBinary, toJsonString } from "@bufbuild/protobuf";
import type { OutputType, TaskInterface, ValueType } from "@appenv/core/internal";
import {
  decodeValue,
  fromLiteral,
  interfaceOfSpec,
  LiteralSchema,
  valueToJson,
  type Literal,
} from "@appenv/protocol/tasks";
import { InputsSchema, OutputsSchema } from "@appenv/protocol/values";
import type { ActionRecord } from "@appenv/engine";
import type { RunReader } from "../run/run-reader.ts";
import { specOf } from "../task/lookup.ts";
import { html, type Html } from "./html.ts";

/** Inputs and outputs of an action, as JSON for people. */
export interface ShownData {
  readonly inputs: string;
  /** Undefined before it succeeded. */
  readonly outputs: string | undefined;
}

/** The longest text that is shown, in characters. */
const shownLength = 20_000;

/** Inputs and outputs of an action, as JSON for people. */
export function showData(reader: RunReader, action: ActionRecord): ShownData {
  const task = interfaceOf(reader, action);
  const outputs = reader.engine.outputs(action.id);
  const inputs = action.kind === "task" ? fromBinary(InputsSchema, reader.engine.inputs(action.id)).literals : [];
  return {
    inputs: show(inputs, (name) => task?.inputs.find((input) => input.name === name)?.type),
    outputs: outputs === undefined ? undefined : showOutputs(action, outputs, task?.output),
  };
}

function showOutputs({ kind, condition }: ActionRecord, outputs: Uint8Array, type: OutputType | undefined): string {
  const traced = kind === "trace" ? jsonOfTrace(outputs) : undefined;
  if (traced !== undefined) return cut(traced);
  const known: OutputType | undefined = condition === undefined ? type : { kind: condition.type };
  const typeOf = (name: string): ValueType | undefined =>
    known?.kind === "outputs" ? known.of.find((each) => each.name === name)?.type : known;
  return show(fromBinary(OutputsSchema, outputs).literals, typeOf);
}

/** The result of a trace as JSON; undefined if JSON has no form for it: then it is shown as Flyte's message. */
function jsonOfTrace(outputs: Uint8Array): string | undefined {
  try {
    return JSON.stringify(valueToJson({ kind: "struct", jsonSchema: {} }, decodeValue(outputs)), undefined, 2);
  } catch {
    return undefined;
  }
}

function cut(text: string): string {
  return text.length <= shownLength
    ? text
    : `${text.slice(0, shownLength)}\n... ${text.length - shownLength} characters more`;
}

function interfaceOf({ registry }: RunReader, { task }: ActionRecord): TaskInterface | undefined {
  const record = task === undefined ? undefined : registry.get(task, task.version);
  if (record === undefined) return undefined;
  return record.definition?.interface ?? interfaceOfSpec(specOf(record));
}

function show(
  literals: readonly { readonly name: string; readonly value?: Literal | undefined }[],
  typeOf: (name: string) => ValueType | undefined,
): string {
  const entries = literals.map(({ name, value }) => [name, value === undefined ? null : toJson(typeOf(name), value)]);
  return cut(JSON.stringify(Object.fromEntries(entries), undefined, 2));
}

/** A value of an unknown type, or of another one than its task says now, is shown as Flyte's own message. */
function toJson(type: ValueType | undefined, literal: Literal): unknown {
  try {
    if (type !== undefined) return valueToJson(type, fromLiteral(type, literal));
  } catch {
    // Shown below.
  }
  return JSON.parse(toJsonString(LiteralSchema, literal)) as unknown;
}

/** Inputs and outputs on a page. */
export function dataParts({ inputs, outputs }: ShownData): Html {
  return html`<h2>Inputs</h2>
    <pre>${inputs}</pre>
    <h2>Outputs</h2>
    ${outputs === undefined ? html`<p class="quiet">None yet.</p>` : html`<pre>${outputs}</pre>`}`;
}
