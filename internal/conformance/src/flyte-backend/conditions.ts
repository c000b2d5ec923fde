import { Code, ConnectError } from "@connectrpc/connect";
import { ActionPhaseNumber, SimpleType, toLiteral, type Literal } from "@appenv/protocol/tasks";
import type { BackendParts } from "./parts.ts";
import type { ActionState } from "./state.ts";

/** A value as `SignalEvent` carries it. */
type Payload = { readonly case: string | undefined; readonly value?: unknown } | undefined;

/** Gives a condition the value of `RunService.SignalEvent`. @throws ConnectError InvalidArgument if it has another type. */
export function signalWith(parts: BackendParts, action: ActionState, payload: Payload): void {
  const { spec } = action;
  const literal = spec.case === "condition" ? literalOf(spec.value.type?.type.value, payload) : undefined;
  if (literal === undefined) {
    throw new ConnectError("the value does not have the type of the condition", Code.InvalidArgument);
  }
  signal(parts, action, literal);
}

/** Gives a condition its value. */
export function signal({ state }: Pick<BackendParts, "state">, action: ActionState, literal: Literal): void {
  state.change(action, (changed) => {
    changed.value = literal;
    changed.phase = ActionPhaseNumber.SUCCEEDED;
  });
}

function literalOf(type: unknown, payload: Payload): Literal | undefined {
  const value = payload?.value;
  if (type === SimpleType.BOOLEAN && payload?.case === "boolValue") return toLiteral({ kind: "boolean" }, value);
  if (type === SimpleType.INTEGER && payload?.case === "intValue") return toLiteral({ kind: "integer" }, Number(value));
  if (type === SimpleType.FLOAT && payload?.case === "floatValue") return toLiteral({ kind: "float" }, value);
  if (type === SimpleType.STRING && payload?.case === "stringValue") return toLiteral({ kind: "string" }, value);
  return undefined;
}
