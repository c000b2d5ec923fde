import type { LogLine } from "../log-line.ts";
import type { BackwardReader, LogPosition, PageLimits, RankedLine } from "../read-before.ts";

/** A page of older lines of an app. */
export interface OlderLines {
  /** The oldest first. */
  readonly lines: readonly { readonly replica: string; readonly line: LogLine }[];
  /** The positions to go on from, by replica; none: there are no older lines. */
  readonly next: ReadonlyMap<string, LogPosition>;
}

interface Candidate extends RankedLine {
  readonly replica: string;
}

/** The last lines of what was read of each replica, in the order of time. */
export function mergePages(
  read: ReadonlyMap<string, BackwardReader>,
  before: ReadonlyMap<string, LogPosition>,
  limits: PageLimits,
): OlderLines {
  const all = [...read].flatMap(([replica, { found }]) => found.map((each): Candidate => ({ ...each, replica })));
  // Of a replica that has more, nothing older than its oldest line here is known: nor may anything older be shown of others.
  const known = [...read.values()].flatMap(({ isFull, found }) => (isFull ? [timeOf(found.at(-1))] : []));
  const from = Math.max(...known, Number.NEGATIVE_INFINITY);
  const sorted = all.filter((each) => timeOf(each) >= from).toSorted((one, other) => timeOf(other) - timeOf(one));
  const taken = cut(sorted, limits);
  const isMore = taken.length < all.length || known.length > 0;
  return {
    lines: taken.toReversed().map(({ replica, line }) => ({ replica, line })),
    next: isMore ? positions(read, before, taken) : new Map(),
  };
}

function cut(lines: readonly Candidate[], limits: PageLimits): readonly Candidate[] {
  let bytes = 0;
  const end = lines.findIndex(({ line }, index) => {
    bytes += line.message.length;
    return index >= limits.lines || (index > 0 && bytes > limits.bytes);
  });
  return end < 0 ? lines : lines.slice(0, end);
}

/** One of which all is known keeps its place too: else its lines would come again. */
function positions(
  read: ReadonlyMap<string, BackwardReader>,
  before: ReadonlyMap<string, LogPosition>,
  taken: readonly Candidate[],
): ReadonlyMap<string, LogPosition> {
  const next = new Map(before);
  for (const [replica, { found }] of read) {
    if (found.length === 0) next.set(replica, { at: 0, lines: 0 });
  }
  for (const { replica, line, rank } of taken) next.set(replica, { at: line.timestamp.getTime(), lines: rank });
  return next;
}

function timeOf(line: RankedLine | undefined): number {
  return line?.line.timestamp.getTime() ?? 0;
}
