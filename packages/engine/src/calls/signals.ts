import { fromBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import {
  answerType,
  encodeOutput,
  LiteralSchema,
  readAnswer,
  sampleOf,
  type AskedValue,
} from "@appenv/protocol/values";
import { finish } from "../actions/end-action.ts";
import type { EngineContext } from "../live/context.ts";
import type { ActionState } from "../live/state.ts";

/** Gives a condition its value; it is on disk when this resolves. @throws AppEnvError INVALID_INPUT, CONDITION_NOT_WAITING. */
export async function signalCondition(
  context: EngineContext,
  action: ActionState,
  value: Uint8Array,
  by: string,
): Promise<void> {
  const { row } = action;
  if (row.phase !== "PAUSED" || action.signalled || action.stopping !== undefined) throw notWaiting(row.label);
  const outputs = { bytes: readSignal(action, value) };
  const endedAt = Math.max(context.clock.now(), row.createdAt);
  action.signalled = true;
  try {
    await context.store.committer.commit(
      // Its own row comes first in the same transaction.
      () => {
        row.endedOrder = action.run.ended += 1;
        context.store.actions.write({ ...row, stored: true, phase: "SUCCEEDED", endedAt, outputs });
        context.store.signals.putAnswer(row.id, by);
      },
      () => finish(context, action, { phase: "SUCCEEDED", outputs }),
    );
  } catch (error) {
    row.endedOrder = undefined;
    if (action.stopping !== undefined) finish(context, action, action.stopping);
    throw error;
  } finally {
    action.signalled = false;
  }
}

/** The error of a signal that comes too late. */
export function notWaiting(name: string): AppEnvError {
  return new AppEnvError("CONDITION_NOT_WAITING", `The condition '${name}' does not wait for a signal.`);
}

/** The value of a signal, as the condition takes it. @throws AppEnvError INVALID_INPUT. */
export function readSignal({ row }: ActionState, bytes: Uint8Array): Uint8Array {
  const asked = row.condition ?? { type: "string" };
  try {
    return encodeOutput(answerType(asked), readAnswer(asked, fromBinary(LiteralSchema, bytes)));
  } catch (error) {
    throw refusal(row.label, asked, error);
  }
}

function refusal(name: string, { type, schema }: AskedValue, error: unknown): AppEnvError {
  const why = AppEnvError.is(error) ? error.message : "it is no literal.";
  if (schema === undefined) {
    return new AppEnvError("INVALID_INPUT", `The condition '${name}' takes a value of type ${type}: ${why}`, {
      fix: `Signal a value of type ${type}.`,
      cause: error,
    });
  }
  return new AppEnvError("INVALID_INPUT", `The answer to the condition '${name}' does not fit: ${why}`, {
    fix: `Answer with JSON such as ${JSON.stringify(sampleOf(schema.jsonSchema))}.`,
    cause: error,
  });
}
