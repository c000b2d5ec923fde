import { writeSync } from "node:fs";
import type { Recording } from "@appenv/client/tasks";
import type { ActionOutcome, ActionRequest, AttemptResult, FromReplica } from "@appenv/runtime";
import { defaultPatienceMs, ReplayOrder } from "@appenv/runtime/replay";
import type { Worker } from "@appenv/runtime/worker";

/** The end of a replay: that of the code, or a call of which nothing is recorded. */
export type Replayed = AttemptResult["outcome"] | { readonly type: "beyond"; readonly what: string };

const none = new Uint8Array();

/** Answers an attempt with what was recorded, in that order; starts nothing, and records nothing. */
export class RecordedAnswers {
  readonly #recording: Pick<Recording, "outcome" | "link">;
  readonly #order: ReplayOrder;
  readonly #end: PromiseWithResolvers<Replayed> = Promise.withResolvers();
  /** Set once the worker has started: it asks for nothing before. */
  worker: Worker | undefined;

  constructor(recording: Pick<Recording, "outcome" | "ended" | "link">) {
    this.#recording = recording;
    this.#order = new ReplayOrder(recording.ended, defaultPatienceMs, {
      monotonic: () => performance.now(),
      after: (ms, callback) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    });
  }

  get end(): Promise<Replayed> {
    return this.#end.promise;
  }

  /** Takes what the worker says. */
  take(message: FromReplica): void {
    switch (message.type) {
      case "requests":
        for (const request of message.requests) void this.#serve(request);
        break;
      case "uncancelled":
        this.#answer(message.call, { type: "succeeded", outputs: none });
        break;
      case "lines":
        for (const { text } of message.lines) writeSync(2, `${text}\n`);
        break;
      case "results":
        for (const { outcome } of message.results) this.#end.resolve(outcome);
        break;
      case "failed":
        this.#end.reject(new Error(message.message));
        break;
    }
  }

  async #serve(request: ActionRequest): Promise<void> {
    const { kind, name, call } = request;
    // They would be stored, and the code only waits for that.
    if (kind === "stream" || kind === "trace-result") return this.#answer(call, { type: "succeeded", outputs: none });
    if (kind === "condition-link") return this.#answer(call, { type: "succeeded", outputs: this.#recording.link });
    this.#order.progress();
    try {
      const outcome = await this.#recording.outcome(name);
      if (outcome === undefined) this.#end.resolve({ type: "beyond", what: whatOf(request) });
      else this.#order.give(name, () => this.#answer(call, outcome));
    } catch (error) {
      this.#end.reject(error);
    }
  }

  #answer(call: number, outcome: ActionOutcome): void {
    this.worker?.handle({ type: "outcomes", outcomes: [{ call, outcome }] });
  }
}

function whatOf(request: Exclude<ActionRequest, { kind: "stream" | "trace-result" | "condition-link" }>): string {
  switch (request.kind) {
    case "task":
      return `the task '${request.task}'`;
    case "trace":
      return `the trace '${request.traced}'`;
    case "condition":
      return `the condition '${request.condition.name}'`;
    case "event":
      return `the event '${request.event.name}'`;
    case "sleep":
      return "a sleep";
  }
}
