import { createHash } from "node:crypto";

/**
 * The place of running code in the flow of an attempt: the calls of functions that it is in, from the attempt's own
 * function down. Calls of one place are made one after the other, so that counting them is the same in every attempt.
 */
export class Place {
  readonly #parent: Place | undefined;
  readonly #root: Place;
  readonly #depth: number;
  readonly #name: string;
  /** The number of branches of that name that began before it; none of another kind has one. */
  readonly #before: number | undefined;
  #branches: Map<string, number> | undefined;
  #counts: Map<string, number> | undefined;
  #id: string | undefined;
  #last: Promise<unknown> | undefined;

  private constructor(parent: Place | undefined, name: string, before?: number) {
    this.#parent = parent;
    this.#root = parent === undefined ? this : parent.#root;
    this.#depth = parent === undefined ? 0 : parent.#depth + 1;
    this.#name = name;
    this.#before = before;
  }

  /** The place where an attempt begins. */
  static root(): Place {
    return new Place(undefined, "");
  }

  /** A branch that begins here: the n-th of that name. */
  branch(name: string): Place {
    // Every call of an asynchronous function comes here, and most make no durable call: no text is made yet.
    this.#branches ??= new Map();
    const before = this.#branches.get(name) ?? 0;
    this.#branches.set(name, before + 1);
    return new Place(this, name, before);
  }

  /** The branch with a name that nothing else here has. */
  only(name: string): Place {
    return new Place(this, name);
  }

  /** The number of times that this was counted here before. */
  count(what: string): number {
    this.#counts ??= new Map();
    const before = this.#counts.get(what) ?? 0;
    this.#counts.set(what, before + 1);
    return before;
  }

  /** Answers true if another place is this one, or leads here. */
  isWithin(other: Place): boolean {
    if (this === other) return true;
    let above = this.#parent;
    while (above !== undefined && above.#depth > other.#depth) above = above.#parent;
    return above === other;
  }

  /** Answers true if both are of one attempt. */
  isOfSameAttempt(other: Place): boolean {
    return this.#root === other.#root;
  }

  /** The same for the same place in every attempt; empty where an attempt begins. */
  get id(): string {
    const unknown: Place[] = [];
    let above = this.#parent;
    while (above !== undefined && above.#id === undefined) {
      unknown.push(above);
      above = above.#parent;
    }
    // From the outside in, so that deep recursion takes no stack.
    for (const place of unknown.toReversed()) place.#identify();
    return this.#identify();
  }

  #identify(): string {
    if (this.#parent === undefined) return (this.#id = "");
    this.#id ??= createHash("sha256")
      .update(JSON.stringify([this.#parent.#id, this.#name, this.#before ?? null]))
      .digest("base64");
    return this.#id;
  }

  /** Gives values in the order in which their preparation began. */
  async inTurn<T>(preparing: Promise<T>): Promise<T> {
    const before = this.#last;
    const mine = Promise.allSettled([before, preparing]);
    this.#last = mine;
    await before;
    const prepared = await preparing;
    if (this.#last === mine) this.#last = undefined;
    return prepared;
  }
}
