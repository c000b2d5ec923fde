import { AppEnvError } from "@appenv/core";
import { encodeOutput } from "@appenv/protocol/tasks";
import type { ActionRequest } from "@appenv/runtime";
import { kindOf } from "../store/codes.ts";
import type { EngineContext } from "../live/context.ts";
import type { AttemptState } from "../live/state.ts";
import { answer, failedCall } from "./answers.ts";

type LinkRequest = Extract<ActionRequest, { kind: "condition-link" }>;

/** Time for which the link of a condition without a time limit is good, in milliseconds. */
const goodMs = 30 * 86_400_000;

/** The time at which a link to a condition is good no more. @param timeoutMs - Of the condition. */
export function endOfLink(createdAt: number, timeoutMs: number | undefined): Date {
  return new Date(createdAt + (timeoutMs ?? goodMs));
}

/** Answers with the link of a condition that was asked for before, once that is on disk: the same in every attempt. */
export function answerLink(context: EngineContext, attempt: AttemptState, { name, call }: LinkRequest): void {
  context.store.committer.whenStored(() => {
    try {
      answer(attempt, call, {
        type: "succeeded",
        outputs: encodeOutput({ kind: "string" }, linkOf(context, attempt, name)),
      });
    } catch (error) {
      answer(attempt, call, failedCall(error));
    }
  });
}

/** @throws AppEnvError UNSUPPORTED, NOT_FOUND. */
function linkOf({ linkTo, store }: EngineContext, { action: { run } }: AttemptState, name: string): string {
  if (linkTo === undefined)
    throw new AppEnvError("UNSUPPORTED", "This platform makes no links that answer conditions.");
  const row = store.actions.byName(run.row, name);
  if (row === undefined || kindOf(row["kind"]) !== "condition") {
    throw new AppEnvError("NOT_FOUND", `There is no condition '${name}' in the run '${run.run}'.`);
  }
  const { project, domain } = run;
  const { timeoutMs } = JSON.parse(String(row["condition"])) as { readonly timeoutMs?: number };
  return linkTo({ project, domain, run: run.run, action: name }, endOfLink(Number(row["created_at"]), timeoutMs));
}
