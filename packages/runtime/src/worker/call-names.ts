import { AppEnvError } from "@appenv/core";
import { childName, keyedChildName } from "@appenv/protocol/values";
import type { Place } from "./place.ts";

/** The parts of a call that tell a child of an action from others at the same place. */
export interface CallIdentity {
  readonly kind: "task" | "trace" | "condition" | "sleep" | "event" | "run";
  /** The task's full name, or that of the traced function or condition. */
  readonly what: string;
  readonly inputsHash: string;
  readonly group: string;
}

/**
 * Names of an attempt's children: the same whenever it runs again, whichever call is faster. Calls are told apart by their
 * place in the code, by what is called, and by the inputs. Equal calls of one place are counted.
 */
export class CallNames {
  readonly #parent: string;
  readonly #given: Set<string> = new Set();
  readonly #keyed: Map<string, string> = new Map();

  /** @param parent - The action's name. */
  constructor(parent: string) {
    this.#parent = parent;
  }

  /** All names so far, in order of the first call of each. */
  get given(): readonly string[] {
    return [...this.#given];
  }

  /** The name of a call. @param key - Names it outright. @throws AppEnvError KEY_TAKEN. */
  next(place: Place, identity: CallIdentity, key?: string): string {
    const name = key === undefined ? this.#counted(place, identity) : this.#ofKey(key, identity);
    this.#given.add(name);
    return name;
  }

  /** A text that names a run that is started here, among all that its run starts. */
  runKey(place: Place, identity: Omit<CallIdentity, "kind">): string {
    return this.#counted(place, { kind: "run", ...identity });
  }

  #counted(place: Place, identity: CallIdentity): string {
    const occurrence = place.count(textOf(identity));
    return childName({ parent: this.#parent, place: place.id, ...identity, occurrence });
  }

  #ofKey(key: string, identity: CallIdentity): string {
    const text = textOf({ ...identity, group: "" });
    const known = this.#keyed.get(key);
    if (known !== undefined && known !== text) throw keyTaken(key, identity, JSON.parse(known) as string[]);
    this.#keyed.set(key, text);
    return keyedChildName(this.#parent, key);
  }
}

function textOf({ kind, what, inputsHash, group }: CallIdentity): string {
  return JSON.stringify([kind, what, inputsHash, group]);
}

function keyTaken(key: string, { kind, what }: CallIdentity, [otherKind, other]: readonly string[]): AppEnvError {
  const same = kind === otherKind && what === other;
  const earlier = same ? "with something else" : `of the ${otherKind} '${other}'`;
  return new AppEnvError(
    "KEY_TAKEN",
    `The key '${key}' of the ${kind} '${what}' is that of another call ${earlier} in this attempt.`,
  );
}
