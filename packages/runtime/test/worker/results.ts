import { decodeOutput } from "@appenv/protocol/values";
import type { AttemptResult } from "../../src/index.ts";
import { env } from "../fixtures/tasks.ts";
import type { FakePlatform } from "./fake-platform.ts";

/** The output of an attempt, or its error as one text. */
export function given(task: string, { outcome }: AttemptResult): unknown {
  if (outcome.type === "succeeded") return decodeOutput(env.tasks.get(task)?.interface.output, outcome.outputs);
  return `${outcome.type} ${outcome.error.code}: ${outcome.error.message}`;
}

/** Runs a task, and gives the same. */
export async function give(
  platform: FakePlatform,
  task: string,
  input: Record<string, unknown> = {},
): Promise<unknown> {
  return given(task, await platform.run(task, input));
}

/** A store that has the same outcome for everything. */
export class AnswerAll extends Map<string, AttemptResult["outcome"]> {
  readonly #outcome: AttemptResult["outcome"];

  constructor(outcome: AttemptResult["outcome"]) {
    super();
    this.#outcome = outcome;
  }

  override get(): AttemptResult["outcome"] {
    return this.#outcome;
  }
}

/** An error as the platform makes it. */
export function systemError(code: string, message: string) {
  return { kind: "SYSTEM", code, message, stack: undefined, retryable: true } as const;
}
