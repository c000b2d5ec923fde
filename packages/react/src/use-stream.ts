import type { FollowOptions } from "./follow-options.ts";
import type { ServerEvent } from "./read-events.ts";
import { useFollowed, type Followed, type Reading } from "./use-followed.ts";

/** A stream of a run, as far as it was read. */
export interface FollowedStream<Value = unknown> extends Followed {
  /** The values that count, in order: those that a restart has made void are gone. */
  readonly values: readonly Value[];
}

interface Item {
  readonly value: unknown;
  readonly section: number;
}

interface Items {
  readonly items: readonly Item[];
  readonly values: readonly unknown[];
}

/**
 * Reads a stream of a run while the component is there, and goes on where it was after a lost connection.
 *
 * @param run - The URL of the run, for example `/runs/r4u...`, or `useTask`'s `runUrl`. Undefined: nothing is read yet.
 * @param stream - The name that the task gave to `ctx.stream`.
 * @example
 * const { values, status } = useStream<string>(task.runUrl, "tokens");
 */
export function useStream<Value = unknown>(
  run: string | undefined,
  stream: string,
  options: FollowOptions = {},
): FollowedStream<Value> {
  const url = run === undefined ? undefined : `${run}/streams/${encodeURIComponent(stream)}`;
  const { values, status, error } = useFollowed(url, options, reading);
  return { values: values as readonly Value[], status, error };
}

const reading: Reading<Items> = { initial: { items: [], values: [] }, next };

function next({ items: before }: Items, events: readonly ServerEvent[]): { state: Items; ended: boolean } {
  let items = [...before];
  let ended = false;
  for (const { event, data } of events) {
    const read = JSON.parse(data) as Item & { readonly replaces: number };
    if (event === "message") items.push({ value: read.value, section: read.section });
    else if (event === "restart") items = items.filter(({ section }) => section !== read.replaces);
    else if (event === "end") ended = true;
  }
  return { state: { items, values: items.map(({ value }) => value) }, ended };
}
