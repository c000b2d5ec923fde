import { equals } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { ActionPhaseNumber, LiteralSchema, SimpleType, toLiteral, type Literal } from "@appenv/protocol/tasks";
import type { BackendParts } from "./parts.ts";
import { isFinal, type ActionState } from "./state.ts";

/** A value as `SignalEvent` carries it. */
type Payload = { readonly case: string | undefined; readonly value?: unknown } | undefined;

/** Gives a condition the value of `RunService.SignalEvent`. @throws ConnectError InvalidArgument for a value of another type, FailedPrecondition. */
export function signalWith(parts: BackendParts, action: ActionState, payload: Payload): void {
  const { spec, value } = action;
  if (spec.case !== "condition") {
    throw new ConnectError(`action ${action.name} is not a condition`, Code.FailedPrecondition);
  }
  const literal = literalOf(spec.value.type?.type.value, payload);
  if (value !== undefined) {
    if (literal !== undefined && equals(LiteralSchema, value, literal)) return;
    throw new ConnectError(
      `condition ${action.name} already signalled with a different value`,
      Code.FailedPrecondition,
    );
  }
  if (isFinal(action.phase))
    throw new ConnectError(`condition ${action.name} already completed`, Code.FailedPrecondition);
  if (literal === undefined) {
    const declared = SimpleType[Number(spec.value.type?.type.value)];
    throw new ConnectError(
      `signal value type ${payload?.case} does not match declared condition type ${declared}`,
      Code.InvalidArgument,
    );
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
