import { EventQueue } from "../../process/event-queue.ts";
import type { LogFollower } from "./app-log.ts";
import type { LogBatch } from "../log-line.ts";

/** Maximum lines that wait for a follower who is slower than the app; beyond it the oldest are skipped. */
const maxWaitingLines = 20_000;

/** New lines that wait for a follower. */
export class FollowQueue implements LogFollower {
  readonly #queue = new EventQueue<LogBatch>();
  readonly #max: number;
  #waiting = 0;
  #skipped = 0;

  constructor(max: number = maxWaitingLines) {
    this.#max = max;
  }

  readonly lines = (batch: LogBatch): void => {
    this.#waiting += batch.lines.length;
    this.#queue.push(batch);
    while (this.#waiting > this.#max && this.#queue.length > 1) {
      const oldest = this.#queue.shift()?.lines.length ?? 0;
      this.#waiting -= oldest;
      this.#skipped += oldest;
    }
  };

  readonly end = (): void => this.#queue.end();

  /** Everything that waits, as soon as there is something; undefined at the end. */
  async takeAll(): Promise<LogBatch[] | undefined> {
    const batches = await this.#queue.takeAll();
    if (batches === undefined) return undefined;
    const skipped = this.#skipped;
    this.#waiting = 0;
    this.#skipped = 0;
    return skipped === 0 ? batches : [skippedNote(batches[0]?.replica ?? "", skipped), ...batches];
  }
}

function skippedNote(replica: string, skipped: number): LogBatch {
  const message = `${skipped} line${skipped === 1 ? "" : "s"} skipped: they came faster than they were read`;
  return { replica, lines: [{ timestamp: new Date(), stream: "platform", message }] };
}
