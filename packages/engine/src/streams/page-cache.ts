import type { StreamEntry } from "../contracts/streams.ts";

/** Number of entries in a page. */
export const pageEntries = 64;

/** Maximum size of the pages that are kept, in characters of their values. */
const mostCharacters = 16 * 2 ** 20;
/** Characters that an entry counts for, beside its value. */
const entryCharacters = 100;

interface Page {
  readonly entries: StreamEntry[];
  characters: number;
}

/** Pages of streams that were read lately, so that many readers of one stream read it from the disk once. */
export class PageCache {
  readonly #pages: Map<string, Page> = new Map();
  #characters = 0;

  /**
   * The entries of a page up to the end of the stream.
   *
   * @param read - Reads those from an offset on, at most so many.
   */
  get(
    stream: number,
    index: number,
    end: number,
    read: (from: number, limit: number) => readonly StreamEntry[],
  ): readonly StreamEntry[] {
    const key = `${stream} ${index}`;
    const page = this.#pages.get(key) ?? { entries: [], characters: 0 };
    this.#pages.delete(key);
    this.#pages.set(key, page);
    const first = index * pageEntries;
    const missing = Math.min(end - first, pageEntries) - page.entries.length;
    if (missing > 0) this.#add(page, read(first + page.entries.length, missing));
    return page.entries;
  }

  /** Adds entries that were just written to the pages that are kept. */
  append(stream: number, entries: readonly StreamEntry[]): void {
    for (const entry of entries) {
      const index = Math.floor(entry.offset / pageEntries);
      const page = this.#pages.get(`${stream} ${index}`);
      if (page?.entries.length === entry.offset - index * pageEntries) this.#add(page, [entry]);
    }
  }

  #add(page: Page, entries: readonly StreamEntry[]): void {
    page.entries.push(...entries);
    const characters = entries.reduce((sum, { value }) => sum + value.length + entryCharacters, 0);
    page.characters += characters;
    this.#characters += characters;
    for (const [key, oldest] of this.#pages) {
      if (this.#characters <= mostCharacters || oldest === page) return;
      this.#pages.delete(key);
      this.#characters -= oldest.characters;
    }
  }
}
