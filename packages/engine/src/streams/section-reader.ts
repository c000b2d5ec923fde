import type { StreamEntry } from "../contracts/streams.ts";

/** Entries read at once. */
const window = 256;

/** Goes through the entries that a section has, without restarts. */
export class SectionReader {
  readonly #section: number;
  readonly #read: (from: number, limit: number) => readonly StreamEntry[];
  #left: number;
  #from = 0;
  #entries: StreamEntry[] = [];

  /** @param length - The number of its entries. @param read - Entries of the whole stream, from an offset on. */
  constructor(section: number, length: number, read: (from: number, limit: number) => readonly StreamEntry[]) {
    this.#section = section;
    this.#left = length;
    this.#read = read;
  }

  /** The next entry; undefined at the end. */
  peek(): StreamEntry | undefined {
    while (this.#left > 0 && this.#entries.length === 0) {
      const read = this.#read(this.#from, window);
      const last = read.at(-1);
      if (last === undefined) return undefined;
      this.#from = last.offset + 1;
      this.#entries = read.filter(({ section, kind }) => section.section === this.#section && kind !== "restart");
    }
    return this.#entries[0];
  }

  /** Goes on to the one after the next. */
  take(): void {
    this.#entries.shift();
    this.#left -= 1;
  }
}
