import { AppEnvError, type TaskStream } from "@appenv/core";
import { checkStreamName, streamJson } from "@appenv/core/internal";
import type { ActionOutcome } from "../ipc/action-messages.ts";
import type { RunningAttempt } from "./attempt-scope.ts";
import { callError } from "./call-error.ts";

/** Maximum characters and values of a stream that are on their way to the disk. */
const mostCharacters = 1024 * 1024;
const mostValues = 1_000;

type StreamSchema = Parameters<typeof streamJson>[2];

/** The attempt as its streams use it. */
export type StreamingAttempt = Pick<RunningAttempt, "ask" | "checkRuns"> & {
  /** The trace that the running code is part of, by its action's name; empty outside traces. */
  currentTrace(): string;
};

/** The streams that one attempt writes. */
export class AttemptStreams {
  readonly #attempt: StreamingAttempt;
  readonly #streams: Map<string, StreamWriter> = new Map();

  constructor(attempt: StreamingAttempt) {
    this.#attempt = attempt;
  }

  /** See `TaskContext.stream`. */
  readonly open = (name: string, schema?: StreamSchema): TaskStream => {
    checkStreamName(name);
    const writer = this.#streams.get(name) ?? new StreamWriter(name, this.#attempt);
    this.#streams.set(name, writer);
    const write = (value: unknown): Promise<void> => writer.write(value, schema);
    return {
      name,
      write,
      pipe: async (values) => {
        for await (const value of values) await write(value);
        await writer.stored();
      },
      close: () => writer.close(),
    };
  };

  /** Resolves when all that was written is on disk. @throws what could not be written, if the code was not told. */
  async stored(): Promise<void> {
    await Promise.all([...this.#streams.values()].map((writer) => writer.finished()));
  }
}

/** One stream, as one attempt writes it. */
class StreamWriter {
  readonly #name: string;
  readonly #attempt: StreamingAttempt;
  readonly #onTheWay: Set<Promise<void>> = new Set();
  #characters = 0;
  /** Resolves when all that was given before is on its way. */
  #turn: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown; isTold: boolean } | undefined;

  constructor(name: string, attempt: StreamingAttempt) {
    this.#name = name;
    this.#attempt = attempt;
  }

  async write(value: unknown, schema: StreamSchema): Promise<void> {
    this.#check();
    const trace = this.#attempt.currentTrace();
    const json = streamJson(this.#name, value, schema);
    // A refusal is heard in its turn.
    if (json instanceof Promise) json.catch(() => {});
    await this.#inTurn(async () => {
      const text = await json;
      this.#send({ trace, value: text }, text.length);
      while (this.#characters > mostCharacters || this.#onTheWay.size >= mostValues) {
        await Promise.race(this.#onTheWay);
        this.#throwFailure();
      }
    });
  }

  async close(): Promise<void> {
    this.#check();
    const trace = this.#attempt.currentTrace();
    await this.#inTurn(async () => this.#send({ trace }, 0));
    await this.stored();
  }

  async stored(): Promise<void> {
    await this.#turn;
    await Promise.all(this.#onTheWay);
    this.#throwFailure();
  }

  async finished(): Promise<void> {
    await this.#turn;
    await Promise.all(this.#onTheWay);
    // Code that has caught it may have gone on without the stream.
    if (this.#failure?.isTold === false) this.#throwFailure();
  }

  #check(): void {
    this.#attempt.checkRuns(`The stream '${this.#name}'`);
    this.#throwFailure();
  }

  #throwFailure(): void {
    if (this.#failure === undefined) return;
    this.#failure.isTold = true;
    throw this.#failure.error;
  }

  async #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    await done;
  }

  #send(entry: { readonly trace: string; readonly value?: string }, characters: number): void {
    this.#characters += characters;
    const answer = this.#attempt.ask({ kind: "stream", name: this.#name, ...entry });
    const sent = answer
      .then((outcome) => this.#accepted(outcome))
      .catch((error: unknown) => {
        this.#failure ??= { error, isTold: false };
      })
      .finally(() => {
        this.#characters -= characters;
        this.#onTheWay.delete(sent);
      });
    this.#onTheWay.add(sent);
  }

  #accepted(outcome: ActionOutcome): void {
    if (outcome.type === "succeeded") return;
    if (outcome.type === "missing") throw new AppEnvError("UNEXPECTED", "A stream was answered with nothing.");
    // The platform's own refusal is shown as it is.
    throw callError(`The stream '${this.#name}'`, outcome);
  }
}
