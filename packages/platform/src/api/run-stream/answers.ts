import type { RunEnd, RunRecord } from "@appenv/engine";

/** Answers of one stream that wait to be sent. */
interface Batch {
  readonly started: { readonly call: number; readonly run: RunRecord }[];
  readonly ended: { readonly call: number; readonly end: RunEnd }[];
  readonly refused: { readonly call: number; readonly error: unknown }[];
}

/** Maximum answers in one message. */
const mostInOne = 500;

/**
 * Answers that wait until the client takes them. Answers that came together go out together.
 */
export class RunAnswers {
  #batch: Batch = emptyBatch();
  #ended = false;
  #wake: (() => void) | undefined;

  started(answer: Batch["started"][number]): void {
    this.#add(this.#batch.started, answer);
  }

  ended(answer: Batch["ended"][number]): void {
    this.#add(this.#batch.ended, answer);
  }

  refused(answer: Batch["refused"][number]): void {
    this.#add(this.#batch.refused, answer);
  }

  /** Ends it, after the waiting answers. */
  readonly end = (): void => {
    this.#ended = true;
    this.#wake?.();
  };

  /** The waiting answers, as soon as there is one; undefined at the end. For one taker at a time. */
  async take(): Promise<Batch | undefined> {
    while (!this.#ended && isEmpty(this.#batch)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
      // Answers of one turn of the event loop go into one message.
      await new Promise(setImmediate);
    }
    const { started, ended, refused } = this.#batch;
    if (isEmpty(this.#batch)) return undefined;
    return {
      started: started.splice(0, mostInOne),
      ended: ended.splice(0, mostInOne),
      refused: refused.splice(0, mostInOne),
    };
  }

  #add<T>(list: T[], answer: T): void {
    list.push(answer);
    this.#wake?.();
  }
}

function emptyBatch(): Batch {
  return { started: [], ended: [], refused: [] };
}

function isEmpty({ started, ended, refused }: Batch): boolean {
  return started.length === 0 && ended.length === 0 && refused.length === 0;
}
