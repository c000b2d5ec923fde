import type { RunId } from "@appenv/protocol";
import type { StreamBatch, StreamEntry, StreamReadOptions } from "../contracts/streams.ts";
import type { EngineContext } from "../live/context.ts";
import { followRun } from "../runs/follow-run.ts";
import type { SectionRow } from "../store/stream-table.ts";
import { PageCache, pageEntries } from "./page-cache.ts";
import type { StoredPart } from "./stream-writing.ts";

/** A stream that is read, by all of its readers. */
interface Reading {
  readonly run: number;
  readonly name: string;
  /** Undefined before something was written. */
  id: number | undefined;
  entries: number;
  sections: readonly SectionRow[];
  /** Sections in whose place others have begun. */
  voids: ReadonlySet<number>;
  closed: boolean;
  runEnded: boolean;
  /** Wakes the readers. */
  readonly readers: Set<() => void>;
  leave: () => void;
}

/** Gives readers of streams what is on disk, and nothing else: a page of it at a time, when they ask for it. */
export class StreamFeed {
  readonly #context: EngineContext;
  readonly #pages: PageCache = new PageCache();
  readonly #readings: Map<string, Reading> = new Map();

  constructor(context: EngineContext) {
    this.#context = context;
  }

  /** Tells readers of what has been stored. */
  publish(run: number, name: string, { id, entries, sections, closed }: StoredPart): void {
    const reading = this.#readings.get(keyOf(run, name));
    if (reading === undefined) return;
    this.#pages.append(id, entries);
    reading.id = id;
    reading.entries += entries.length;
    reading.closed = closed;
    if (sections.length !== reading.sections.length) setSections(reading, sections);
    wake(reading);
  }

  /** See `TaskEngine.readStream`. */
  async *read(run: number, id: RunId, name: string, options: StreamReadOptions): AsyncGenerator<StreamBatch> {
    const { follow, signal } = options;
    const reading = this.#open(run, id, name);
    let woken = Promise.withResolvers<void>();
    const onChange = (): void => woken.resolve();
    reading.readers.add(onChange);
    signal.addEventListener("abort", onChange);
    try {
      for (let next = options.from; !signal.aborted;) {
        const page = this.#page(reading, next);
        next = Math.max(next, page.next);
        const end = next < reading.entries ? undefined : endOf(reading, follow);
        if (page.entries.length > 0 || end !== undefined) yield { entries: page.entries, end };
        if (end !== undefined) return;
        if (next < reading.entries) continue;
        await woken.promise;
        woken = Promise.withResolvers();
      }
    } finally {
      signal.removeEventListener("abort", onChange);
      reading.readers.delete(onChange);
      if (reading.readers.size === 0) this.#close(reading);
    }
  }

  /** The entries that a reader gets next, and the offset after them. */
  #page(reading: Reading, from: number): { readonly entries: readonly StreamEntry[]; readonly next: number } {
    const { id, entries: end, sections, voids } = reading;
    if (id === undefined || from >= end) return { entries: [], next: from };
    const { streams } = this.#context.store;
    const index = Math.floor(from / pageEntries);
    const page = this.#pages.get(id, index, end, (first, limit) => streams.entries(id, first, limit, sections));
    const entries = page.filter(({ offset, kind, section }) => {
      return offset >= from && (kind !== "value" || !voids.has(section.section));
    });
    return { entries, next: Math.min(end, (index + 1) * pageEntries) };
  }

  #open(run: number, id: RunId, name: string): Reading {
    const key = keyOf(run, name);
    const known = this.#readings.get(key);
    if (known !== undefined) return known;
    const { streams } = this.#context.store;
    const row = streams.find(run, name);
    const reading: Reading = {
      run,
      name,
      id: row?.id,
      entries: row?.entries ?? 0,
      sections: [],
      voids: new Set(),
      closed: row?.closed ?? false,
      runEnded: false,
      readers: new Set(),
      leave: () => {},
    };
    if (row !== undefined) setSections(reading, streams.sections(row.id));
    reading.leave = followRun(this.#context, id, () => {
      reading.runEnded = true;
      wake(reading);
    });
    this.#readings.set(key, reading);
    return reading;
  }

  #close(reading: Reading): void {
    reading.leave();
    this.#readings.delete(keyOf(reading.run, reading.name));
  }
}

function keyOf(run: number, name: string): string {
  return `${run} ${name}`;
}

function setSections(reading: Reading, sections: readonly SectionRow[]): void {
  reading.sections = [...sections];
  reading.voids = new Set(sections.flatMap(({ replaces }) => (replaces === undefined ? [] : [replaces])));
}

function wake({ readers }: Reading): void {
  for (const reader of readers) reader();
}

function endOf({ closed, runEnded }: Reading, follow: boolean): StreamBatch["end"] {
  if (closed) return "closed";
  if (runEnded) return "run-ended";
  return follow ? undefined : "present";
}
