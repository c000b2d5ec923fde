import type { ActionLog, LogReader } from "./action-log.ts";
import { readLines } from "../read-lines.ts";

/** One line of an attempt. */
export interface ActionLogLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The source of the line: the attempt's output, or the platform speaking of it. */
  readonly stream: "stdout" | "stderr" | "platform";
  /** Without its line break. */
  readonly text: string;
  readonly attempt: number;
}

/** Options of reading an action's log. */
export interface ActionTailOptions {
  /** One attempt only. Default: all, one after the other. */
  readonly attempt?: number;
  /** True to wait for new lines, until `ended` is called for the action, or `signal` is aborted. Default false. */
  readonly follow?: boolean;
  /** Ends the waiting; lines that were written before are still given. */
  readonly signal?: AbortSignal;
}

/** The lines of an action from the first on. The disk is the queue: a slow reader costs no memory and misses nothing. */
export async function* follow(log: ActionLog, options: ActionTailOptions): AsyncGenerator<ActionLogLine, void> {
  const { attempt: only, signal } = options;
  const reader = new Reader(only, options.follow !== true || signal?.aborted === true);
  const end = (): void => reader.end();
  signal?.addEventListener("abort", end);
  log.join(reader);
  try {
    const offsets = new Map<number, number>();
    await log.flush();
    for (const attempt of only === undefined ? await log.attempts() : [only]) reader.more(attempt);
    for (;;) {
      // Asked before reading: what was written before the end is read after it.
      const ended = reader.ended;
      await log.flush();
      for (const attempt of reader.take()) yield* linesFrom(log, attempt, offsets);
      if (ended) return;
      await reader.wait();
    }
  } finally {
    signal?.removeEventListener("abort", end);
    log.leave(reader);
  }
}

async function* linesFrom(
  log: ActionLog,
  attempt: number,
  offsets: Map<number, number>,
): AsyncGenerator<ActionLogLine, void> {
  for (;;) {
    const offset = offsets.get(attempt) ?? 0;
    const { lines, end } = await readLines(log.path(attempt), offset);
    if (end === offset) return;
    offsets.set(attempt, end);
    for (const { timestamp, stream, message } of lines)
      yield { at: timestamp.getTime(), stream, text: message, attempt };
  }
}

/** The attempts that have new lines. */
class Reader implements LogReader {
  readonly #only: number | undefined;
  #changed = new Set<number>();
  #ended: boolean;
  #wake: (() => void) | undefined;

  constructor(only: number | undefined, ended: boolean) {
    this.#only = only;
    this.#ended = ended;
  }

  get ended(): boolean {
    return this.#ended;
  }

  more(attempt: number): void {
    if (this.#only !== undefined && this.#only !== attempt) return;
    this.#changed.add(attempt);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Takes the attempts with new lines, in their order. */
  take(): number[] {
    const changed = [...this.#changed].toSorted((one, other) => one - other);
    this.#changed = new Set();
    return changed;
  }

  /** Resolves when there are new lines. */
  async wait(): Promise<void> {
    if (this.#changed.size > 0 || this.#ended) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}
