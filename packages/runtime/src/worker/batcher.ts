import { runInContext } from "@appenv/core/internal";
import type { ActionRequest } from "../ipc/action-messages.ts";
import type { AttemptResult, FromWorker } from "../ipc/worker-messages.ts";

/** A line an attempt wrote. */
export type AttemptLine = Extract<FromWorker, { type: "lines" }>["lines"][number];

/** Maximum number of characters of lines on their way; above that, lines are left out. */
const mostLineChars = 16 * 2 ** 20;

/** Gathers what is said in one turn of the event loop, and sends each kind as one message. */
export class Batcher {
  readonly #send: (message: FromWorker) => Promise<void>;
  #lines: AttemptLine[] = [];
  #others: FromWorker[] = [];
  #requests: ActionRequest[] = [];
  #results: AttemptResult[] = [];
  #lineChars = 0;
  #isScheduled = false;

  constructor(send: (message: FromWorker) => Promise<void>) {
    this.#send = send;
  }

  /** True while lines are taken, which they are not while the platform reads slower than they are written. */
  get takesLines(): boolean {
    return this.#lineChars < mostLineChars;
  }

  line(line: AttemptLine): void {
    this.#lineChars += line.text.length;
    this.#lines.push(line);
    this.#schedule();
  }

  request(request: ActionRequest): void {
    this.#requests.push(request);
    this.#schedule();
  }

  result(result: AttemptResult): void {
    this.#results.push(result);
    this.#schedule();
  }

  /** Anything that is no list. */
  say(message: FromWorker): void {
    this.#others.push(message);
    this.#schedule();
  }

  /** Sends what is there; resolves when it is on its way. An attempt's result comes after all else that it said. */
  async flush(): Promise<void> {
    const [lines, others, requests, results] = [this.#lines, this.#others, this.#requests, this.#results];
    this.#lines = [];
    this.#others = [];
    this.#requests = [];
    this.#results = [];
    const sent = others.map((message) => this.#send(message));
    if (lines.length > 0) sent.push(this.#sendLines(lines));
    if (requests.length > 0) sent.push(this.#send({ type: "requests", requests }));
    if (results.length > 0) sent.push(this.#send({ type: "results", results }));
    await Promise.all(sent);
  }

  async #sendLines(lines: readonly AttemptLine[]): Promise<void> {
    await this.#send({ type: "lines", lines });
    for (const { text } of lines) this.#lineChars -= text.length;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Outside every attempt: what goes wrong on the way is none of theirs.
    runInContext(undefined, () =>
      setImmediate(() => {
        this.#isScheduled = false;
        void this.flush();
      }),
    );
  }
}
