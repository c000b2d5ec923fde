import { randomBytes } from "node:crypto";
import { hashKey } from "../../../state/api-key-table.ts";
import type { SessionStore, StoredSession } from "../../../state/session-table.ts";

const hourMs = 3_600_000;
/** A session without a request ends after this time, in milliseconds. */
const idleMs = 12 * hourMs;
/** Every session ends after this time, in milliseconds. */
const wholeMs = 7 * 24 * hourMs;
/** The time of a request is stored if the one before is older than this, in milliseconds: a write waits for the disk. */
const storeMs = 60_000;
/** Maximum sessions of a key; with another, the one that was used longest ago ends. */
const mostOfKey = 100;

/** A session, as those who hold it are shown it. */
export interface Session extends StoredSession {
  /** The time at which it ends unless it is used again, in milliseconds since 1970. */
  readonly endsAt: number;
}

/** The browsers that have signed in. Only hashes of their ids are kept. */
export class Sessions {
  readonly #store: SessionStore;
  readonly #now: () => number;
  readonly #onEnd: () => void;
  readonly #sessions: Map<string, StoredSession>;
  readonly #stored: Map<string, number> = new Map();

  /** @param onEnd - Called when a session has ended. */
  constructor(store: SessionStore, now: () => number, onEnd: () => void) {
    this.#store = store;
    this.#onEnd = onEnd;
    this.#now = now;
    this.#sessions = new Map(store.load().map((session) => [session.hash, session]));
  }

  /** Signs in with a key that was checked. @throws AppEnvError DISK_FULL, STATE_UNWRITABLE. */
  start(keyHash: string): { readonly id: string; readonly session: Session } {
    const id = randomBytes(32).toString("base64url");
    const now = this.#now();
    const session = { hash: hashKey(id), keyHash, startedAt: now, usedAt: now };
    this.#endOldest(keyHash);
    this.#save(session);
    return { id, session: withEnd(session) };
  }

  /** The session with this id, which its request keeps from ending. Undefined if it has ended, or never was. */
  use(id: string): Session | undefined {
    const known = this.#sessions.get(hashKey(id));
    if (known === undefined) return undefined;
    if (this.#isOver(known)) return void this.end(known.hash);
    const session = { ...known, usedAt: this.#now() };
    if (session.usedAt - (this.#stored.get(known.hash) ?? 0) > storeMs) this.#save(session);
    else this.#sessions.set(session.hash, session);
    return withEnd(session);
  }

  /** Tells whether a session goes on. Unlike a request, the question does not keep it from ending. */
  has(hash: string): boolean {
    const known = this.#sessions.get(hash);
    return known !== undefined && !this.#isOver(known);
  }

  /** Signs out. @throws AppEnvError DISK_FULL, STATE_UNWRITABLE. */
  end(hash: string): void {
    this.#sessions.delete(hash);
    this.#stored.delete(hash);
    this.#store.remove(hash);
    this.#onEnd();
  }

  /** Ends the sessions whose time is over, and those whose key is not accepted any more. */
  sweep(isAccepted: (keyHash: string) => boolean): void {
    for (const session of this.#sessions.values()) {
      if (this.#isOver(session) || !isAccepted(session.keyHash)) this.end(session.hash);
    }
  }

  #isOver(session: StoredSession): boolean {
    return this.#now() >= withEnd(session).endsAt;
  }

  #save(session: StoredSession): void {
    this.#sessions.set(session.hash, session);
    this.#store.save(session);
    this.#stored.set(session.hash, session.usedAt);
  }

  #endOldest(keyHash: string): void {
    const ofKey = [...this.#sessions.values()].filter((session) => session.keyHash === keyHash);
    if (ofKey.length < mostOfKey) return;
    const [oldest] = ofKey.toSorted((one, other) => one.usedAt - other.usedAt);
    if (oldest !== undefined) this.end(oldest.hash);
  }
}

function withEnd(session: StoredSession): Session {
  return { ...session, endsAt: Math.min(session.usedAt + idleMs, session.startedAt + wholeMs) };
}
