/** Keeps the last lines of a text that comes in pieces. */
export class LastLines {
  readonly #most: number;
  #text = "";

  /** @param most - Number of characters that are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  add(piece: Uint8Array): void {
    this.#text = (this.#text + Buffer.from(piece).toString("utf8")).slice(-this.#most);
  }

  /** True if V8 gave up because its heap was full. */
  get heapIsFull(): boolean {
    return /JavaScript heap out of memory/.test(this.#text);
  }

  /** Without V8's own report of a crash, which tells users nothing. */
  toString(): string {
    return this.#text
      .split("\n")
      .filter((line) => line.trim() !== "" && !/^\s*(\d+: 0x[0-9a-f]+|-+|<---.*--->|\[\d+:0x[0-9a-f]+\].*)/i.test(line))
      .slice(-12)
      .join("\n");
  }
}
