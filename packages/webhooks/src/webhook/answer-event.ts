import type { RunHandle } from "@appenv/core";
import { emptyAnswer, jsonAnswer, webAnswer, type Answer } from "../http/answer.ts";
import type { FollowedEvent } from "./event.ts";

/**
 * What a delivery is answered with: what the handler gave, or else the run it started (202), or else nothing (204).
 * A handler that gives the run itself has not said anything else.
 */
export function answerOf(given: unknown, { runs }: FollowedEvent): Promise<Answer> | Answer {
  if (given instanceof Response) return webAnswer(given);
  const [first] = runs;
  if (given !== undefined && !runs.includes(given as RunHandle)) return jsonAnswer(200, given);
  if (first === undefined) return emptyAnswer(204);
  const more = runs.length === 1 ? {} : { runs: runs.map(shown) };
  return jsonAnswer(202, { run: shown(first), ...more });
}

function shown({ name, url }: RunHandle): { readonly name: string; readonly url: string } {
  return { name, url };
}
