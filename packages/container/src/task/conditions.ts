import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import {
  answerType,
  ConditionActionSchema,
  ConditionPromptType,
  toLiteralType,
  type ConditionAction,
} from "@appenv/protocol/tasks";
import type { ActionOutcome, ActionRequest } from "@appenv/runtime";

/** The kinds of values that Flyte's `SignalEvent` carries. */
const answerable: ReadonlySet<string> = new Set(["boolean", "integer", "float", "string"]);

/** A condition as Flyte's message; undefined if nobody could answer it, since the backend takes no values of its type. */
export function conditionAction(
  asked: Extract<ActionRequest, { kind: "condition" }>["condition"],
): ConditionAction | undefined {
  const type = answerType(asked);
  if (!answerable.has(type.kind)) return undefined;
  const { name, prompt, markdown, description, timeoutMs } = asked;
  return create(ConditionActionSchema, {
    name,
    prompt,
    promptType: markdown ? ConditionPromptType.MARKDOWN : ConditionPromptType.TEXT,
    description: description ?? "",
    type: toLiteralType(type),
    ...(timeoutMs === undefined ? {} : { timeout: durationFromMs(timeoutMs) }),
  });
}

/** The answers that the backend does not take. */
export const richAnswers =
  "conditions whose `schema` is no boolean, number or text. Ask for a text with JSON in it, and parse that in the task.";

/** The outcome of a condition that has waited for long enough: the backend does not count its time. */
export function nobodySignalled(name: string, timeoutMs: number): ActionOutcome {
  const message = `Nobody signalled '${name}' within ${timeoutMs / 1_000} s.`;
  const error = { kind: "USER", code: "CONDITION_TIMED_OUT", message, stack: undefined, retryable: false } as const;
  return { type: "timed-out", error };
}
