import { AppEnvError } from "@appenv/core";
import type { ActionId } from "@appenv/protocol";
import { SimpleType, toActionIdentifier } from "@appenv/protocol/tasks";
import { ConnectError, Code } from "@connectrpc/connect";
import type { ControlPlane } from "../../control-plane/control-plane.ts";
import { taskApi } from "../api.ts";
import type { Candidate } from "../signal-value.ts";

type Wanted = keyof typeof words;

const wanted: Partial<Record<SimpleType, Wanted>> = {
  [SimpleType.BOOLEAN]: "boolean",
  [SimpleType.INTEGER]: "integer",
  [SimpleType.FLOAT]: "float",
  [SimpleType.STRING]: "string",
};

/**
 * Gives a condition on a Flyte cluster its value, as the type that it wants.
 *
 * @throws AppEnvError INVALID_INPUT, CONDITION_NOT_WAITING, NOT_FOUND.
 */
export async function signalCondition(
  controlPlane: ControlPlane,
  id: ActionId,
  candidates: readonly Candidate[],
): Promise<void> {
  const actionId = toActionIdentifier(id);
  const { details } = await taskApi(controlPlane).runs.getActionDetails({ actionId });
  const type = details?.spec.case === "condition" ? typeOf(details.spec.value.type?.type.value) : undefined;
  const parentActionName = details?.metadata?.parent ?? "";
  const chosen = type === undefined ? candidates[0] : candidates.find(([kind]) => kind === type);
  const payload = chosen && payloadOf(chosen);
  if (payload === undefined) throw wrongType(id, type);
  const request = { actionId, parentActionName, payload };
  try {
    await taskApi(controlPlane).runs.signalEvent(request);
  } catch (error) {
    throw explain(error, id, type);
  }
}

function typeOf(value: unknown): Wanted | undefined {
  return typeof value === "number" ? wanted[value as SimpleType] : undefined;
}

function payloadOf([kind, value]: Candidate) {
  switch (kind) {
    case "boolean":
      return { value: { case: "boolValue", value: value === true } } as const;
    case "integer":
      return { value: { case: "intValue", value: BigInt(value) } } as const;
    case "float":
      return { value: { case: "floatValue", value: Number(value) } } as const;
    case "string":
      return { value: { case: "stringValue", value: String(value) } } as const;
    case "json":
      return undefined;
  }
}

const words: Readonly<Record<Exclude<Candidate[0], "json">, string>> = {
  boolean: "true or false",
  integer: "a whole number",
  float: "a number",
  string: "a text",
};

function wrongType({ action }: ActionId, type: Wanted | undefined, cause?: unknown): AppEnvError {
  const message =
    type === undefined
      ? `The condition '${action}' wants a value of another type.`
      : `The condition '${action}' wants ${words[type]}.`;
  return new AppEnvError("INVALID_INPUT", message, {
    fix: "Signal it with a value of that type.",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Of the backend's refusals, two are the caller's to mend. */
function explain(error: unknown, id: ActionId, type: Wanted | undefined): unknown {
  const code = AppEnvError.is(error) && error.cause instanceof ConnectError ? error.cause.code : undefined;
  if (code === Code.InvalidArgument) return wrongType(id, type, error);
  if (code !== Code.FailedPrecondition && code !== Code.NotFound) return error;
  return new AppEnvError("CONDITION_NOT_WAITING", `The condition '${id.action}' does not wait any more.`, {
    cause: error,
  });
}
