import { AppEnvError } from "@appenv/core";
import type { StreamEntry } from "../contracts/streams.ts";
import type { SectionRow, StreamRow, StreamTable } from "../store/stream-table.ts";
import { checkLimits, type Totals } from "./limits.ts";
import { SectionReader } from "./section-reader.ts";

/** Something that is written. */
export type Written = Pick<StreamEntry, "value"> & { readonly kind: "value" | "close" };

/** The writer of a section: an action, or a trace in one, by its action's name. */
export type Writer = Pick<SectionRow, "action" | "trace">;

/** An attempt of an action. The object itself tells it from others. */
export interface WritingAttempt {
  /** From 1. */
  readonly row: { readonly attempt: number };
}

/** The tools of the streams of a run. */
export interface StreamHome {
  readonly table: StreamTable;
  readonly now: () => number;
  /** All streams of the run. */
  readonly totals: { entries: number; bytes: number };
  /** Called when there is something to store. */
  readonly changed: (stream: StreamWriting) => void;
}

/** The place of an attempt in its section. */
interface Cursor {
  readonly attempt: WritingAttempt;
  section: SectionRow;
  /** The entries of earlier attempts that are still to come; undefined once the attempt goes its own way. */
  earlier: SectionReader | undefined;
  hasClosed: boolean;
}

/** A stream of a live run as it is being written: what an attempt repeats of an earlier one is not written twice. */
export class StreamWriting {
  readonly name: string;
  readonly #home: StreamHome;
  readonly #sections: SectionRow[];
  /** Numbers of entries of sections, without restarts. */
  readonly #lengths: Map<number, number>;
  readonly #cursors: Map<string, Cursor> = new Map();
  #id: number | undefined;
  #entries: number;
  #bytes: number;
  #closed: boolean;
  #storedSections: number;
  #pending: StreamEntry[] = [];
  #waiting: { readonly offset: number; readonly stored: () => void }[] = [];

  /** @param row - Of one that is stored. */
  constructor(home: StreamHome, name: string, row?: StreamRow) {
    this.#home = home;
    this.name = name;
    this.#id = row?.id;
    this.#entries = row?.entries ?? 0;
    this.#bytes = row?.bytes ?? 0;
    this.#closed = row?.closed ?? false;
    this.#sections = row === undefined ? [] : [...home.table.sections(row.id)];
    this.#lengths = new Map(row === undefined ? [] : home.table.lengths(row.id));
    this.#storedSections = this.#sections.length;
  }

  /** Writes something; calls back when it is on disk. @throws AppEnvError STREAM_LIMIT, STREAM_CLOSED. */
  write(writer: Writer, attempt: WritingAttempt, written: Written, stored: () => void): void {
    const cursor = this.#cursorOf(writer, attempt);
    if (cursor.hasClosed) throw this.#isClosed();
    const known = cursor.earlier?.peek();
    const isSame = known?.kind === written.kind && known.value === written.value;
    if (isSame) cursor.earlier?.take();
    else if (known !== undefined) this.#beginAgain(cursor, [written]);
    else this.#append(cursor.section, [written]);
    cursor.hasClosed = written.kind === "close";
    this.#whenStored(isSame ? known.offset : this.#entries - 1, stored);
  }

  /** An attempt has succeeded: what earlier ones have written and it has not is void. @throws AppEnvError STREAM_LIMIT. */
  settle(action: string, attempt: WritingAttempt): void {
    const writers = new Map(this.#sections.filter((each) => each.action === action).map((each) => [keyOf(each), each]));
    for (const [key, writer] of writers) {
      // A trace that this attempt has not run is recorded, with all that it wrote.
      if (writer.trace !== "" && this.#cursors.get(key)?.attempt !== attempt) continue;
      const cursor = this.#cursorOf(writer, attempt);
      if (cursor.earlier?.peek() !== undefined) this.#beginAgain(cursor, []);
    }
  }

  /** Writes what is new, in a transaction. Returns what then makes it count. */
  store(run: number): () => StoredPart {
    const { table } = this.#home;
    const id = this.#id ?? table.insert(run, this.name);
    for (const section of this.#sections.slice(this.#storedSections)) table.writeSection(id, section);
    for (const entry of this.#pending) table.insertEntry(id, entry);
    table.writeTotals(id, { entries: this.#entries, bytes: this.#bytes, closed: this.#closed });
    const part = { id, entries: [...this.#pending], sections: [...this.#sections], closed: this.#closed };
    return () => this.#stored(part);
  }

  #stored(part: StoredPart): StoredPart {
    const { id, entries, sections } = part;
    this.#id = id;
    this.#storedSections = sections.length;
    this.#pending = this.#pending.slice(entries.length);
    const end = entries.at(-1)?.offset ?? -1;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ offset }) => offset > end);
    for (const { offset, stored } of waiting) if (offset <= end) stored();
    return part;
  }

  #whenStored(offset: number, stored: () => void): void {
    const [oldest] = this.#pending;
    if (oldest === undefined || offset < oldest.offset) stored();
    else this.#waiting.push({ offset, stored });
  }

  #cursorOf({ action, trace }: Writer, attempt: WritingAttempt): Cursor {
    const key = keyOf({ action, trace });
    const known = this.#cursors.get(key);
    if (known?.attempt === attempt) return known;
    const section = this.#sections.findLast((each) => keyOf(each) === key);
    const cursor: Cursor = {
      attempt,
      section: section ?? this.#begin({ action, trace, attempt: attempt.row.attempt, replaces: undefined }),
      earlier: section && this.#reader(section),
      hasClosed: false,
    };
    this.#cursors.set(key, cursor);
    return cursor;
  }

  /** Begins a section in place of the one that the attempt has followed so far, with all that the attempt has written. */
  #beginAgain(cursor: Cursor, written: readonly Written[]): void {
    const { section, attempt } = cursor;
    const kept = this.#kept(cursor);
    const all = [...kept, ...written];
    this.#check(all, 1);
    const { action, trace } = section;
    cursor.section = this.#begin({ action, trace, attempt: attempt.row.attempt, replaces: section.section });
    cursor.earlier = undefined;
    this.#push(cursor.section, { kind: "restart", value: "" });
    this.#closed = false;
    this.#append(cursor.section, all);
  }

  /** The entries of earlier attempts that an attempt has written too. */
  #kept({ section, earlier }: Cursor): readonly Written[] {
    const reader = this.#reader(section);
    const kept: Written[] = [];
    const end = earlier?.peek()?.offset ?? 0;
    for (let next = reader.peek(); next !== undefined && next.offset < end; next = reader.peek()) {
      if (next.kind === "value") kept.push({ kind: "value", value: next.value });
      reader.take();
    }
    return kept;
  }

  #begin(fields: Omit<SectionRow, "section">): SectionRow {
    const section = { section: this.#sections.length, ...fields };
    this.#sections.push(section);
    return section;
  }

  #reader({ section }: SectionRow): SectionReader {
    return new SectionReader(section, this.#lengths.get(section) ?? 0, (from, limit) => this.#read(from, limit));
  }

  #read(from: number, limit: number): readonly StreamEntry[] {
    const [oldest] = this.#pending;
    const stored =
      this.#id === undefined || (oldest !== undefined && from >= oldest.offset)
        ? []
        : this.#home.table.entries(this.#id, from, limit, this.#sections);
    return stored.length > 0 ? stored : this.#pending.filter(({ offset }) => offset >= from).slice(0, limit);
  }

  #append(section: SectionRow, written: readonly Written[]): void {
    if (this.#closed) throw this.#isClosed();
    this.#check(written, 0);
    for (const each of written) this.#push(section, each);
  }

  #check(written: readonly Written[], others: number): void {
    const bytes = written.reduce((sum, { value }) => sum + Buffer.byteLength(value), 0);
    const totals: Totals = { entries: this.#entries, bytes: this.#bytes };
    checkLimits(this.name, totals, this.#home.totals, { entries: written.length + others, bytes });
  }

  #push(section: SectionRow, { kind, value }: Pick<StreamEntry, "kind" | "value">): void {
    const bytes = Buffer.byteLength(value);
    this.#pending.push({ offset: this.#entries, kind, section, at: this.#home.now(), value });
    this.#entries += 1;
    this.#bytes += bytes;
    this.#home.totals.entries += 1;
    this.#home.totals.bytes += bytes;
    if (kind !== "restart") this.#lengths.set(section.section, (this.#lengths.get(section.section) ?? 0) + 1);
    if (kind === "close") this.#closed = true;
    this.#home.changed(this);
  }

  #isClosed(): AppEnvError {
    return new AppEnvError("STREAM_CLOSED", `The stream '${this.name}' is closed.`);
  }
}

/** A part of a stream that has been stored. */
export interface StoredPart {
  readonly id: number;
  readonly entries: readonly StreamEntry[];
  readonly sections: readonly SectionRow[];
  readonly closed: boolean;
}

function keyOf({ action, trace }: Writer): string {
  return `${action} ${trace}`;
}
