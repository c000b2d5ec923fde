import { childName } from "@appenv/protocol/values";

/** What tells one child of an action from another. */
export interface CallIdentity {
  readonly kind: "task" | "trace" | "condition";
  /** The task's full name, or that of the traced function or condition. */
  readonly what: string;
  readonly inputsHash: string;
  readonly group: string;
}

/**
 * Names of an attempt's children: the same whenever it runs again, in whatever order calls are made that differ in
 * what or with what. Those that differ in nothing are counted.
 */
export class CallNames {
  readonly #parent: string;
  readonly #occurrences: Map<string, number> = new Map();
  readonly #given: string[] = [];

  /** @param parent - The action's name. */
  constructor(parent: string) {
    this.#parent = parent;
  }

  /** All names so far, in order of the calls. */
  get given(): readonly string[] {
    return this.#given;
  }

  next(identity: CallIdentity): string {
    const key = JSON.stringify([identity.kind, identity.what, identity.inputsHash, identity.group]);
    const occurrence = this.#occurrences.get(key) ?? 0;
    this.#occurrences.set(key, occurrence + 1);
    const name = childName({ parent: this.#parent, ...identity, occurrence });
    this.#given.push(name);
    return name;
  }
}
