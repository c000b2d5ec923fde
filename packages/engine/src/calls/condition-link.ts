import { AppEnvError } from "@appenv/core";
import { encodeOutput } from "@appenv/protocol/tasks";
import type { ActionRequest } from "@appenv/runtime";
import { kindOf } from "../store/codes.ts";
import { optional } from "../store/read-action.ts";
import type { EngineContext } from "../live/context.ts";
import type { AttemptState } from "../live/state.ts";
import { answer, failedCall } from "./answers.ts";

type LinkRequest = Extract<ActionRequest, { kind: "condition-link" }>;

/** Time for which the link of a condition without a time limit is good, in milliseconds. */
const goodMs = 30 * 86_400_000;

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
  const expiresAt = optional(row["deadline_at"]) ?? Number(row["created_at"]) + goodMs;
  return linkTo({ project, domain, run: run.run, action: name }, new Date(expiresAt));
}
