import { createPrivateKey, generateKeyPairSync, randomUUID, type KeyObject } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";

/** A key pair (Ed25519) that tokens are signed with. */
export interface TokenKey {
  readonly kid: string;
  /** The public key, base64url. */
  readonly x: string;
  readonly privateKey: KeyObject;
}

/** Time a key signs, in milliseconds: a day. */
const lifetimeMs = 24 * 60 * 60 * 1_000;

/**
 * The keys of a platform, in a file with mode 0600. Each is known to replicas long before it signs, and long after:
 * so nobody is refused when they change.
 */
export class TokenKeys {
  readonly #file: string;
  #next: TokenKey;
  #current: TokenKey;
  #previous: TokenKey | undefined;
  #since: number;

  constructor(file: string) {
    this.#file = file;
    const kept = readKeys(file);
    this.#next = kept?.next ?? makeKey();
    this.#current = kept?.current ?? makeKey();
    this.#previous = kept?.previous;
    this.#since = kept?.since ?? Date.now();
    if (kept === undefined) this.#write();
  }

  /** The keys whose signatures are valid. */
  get all(): readonly TokenKey[] {
    return [this.#next, this.#current, ...(this.#previous === undefined ? [] : [this.#previous])];
  }

  /** The one that signs now. */
  get current(): TokenKey {
    return this.#current;
  }

  /** Changes the key if the current one has signed for a day. Whether it has done so. */
  rotate(now: number = Date.now()): boolean {
    if (now - this.#since < lifetimeMs && now >= this.#since) return false;
    [this.#previous, this.#current, this.#next, this.#since] = [this.#current, this.#next, makeKey(), now];
    this.#write();
    return true;
  }

  /** Without the file the next platform makes new keys; replicas do not outlive a platform, so nothing is lost. */
  #write(): void {
    const made = `${this.#file}.new`;
    const stored = {
      since: this.#since,
      next: store(this.#next),
      current: store(this.#current),
      ...(this.#previous === undefined ? {} : { previous: store(this.#previous) }),
    };
    try {
      rmSync(made, { force: true });
      writeFileSync(made, JSON.stringify(stored), { mode: 0o600 });
      renameSync(made, this.#file);
    } catch {
      rmSync(this.#file, { force: true });
    }
  }
}

interface StoredKey {
  readonly kid: string;
  /** PKCS 8, DER, base64. */
  readonly key: string;
}

interface KeptKeys {
  readonly since: number;
  readonly next: TokenKey;
  readonly current: TokenKey;
  readonly previous: TokenKey | undefined;
}

/** Undefined if there is nothing that can be used: no file, one that others could read, or a damaged one. */
function readKeys(file: string): KeptKeys | undefined {
  try {
    if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) return undefined;
    const { since, next, current, previous } = JSON.parse(readFileSync(file, "utf8")) as {
      since: unknown;
      next: StoredKey;
      current: StoredKey;
      previous?: StoredKey;
    };
    if (typeof since !== "number") return undefined;
    return {
      since,
      next: restore(next),
      current: restore(current),
      previous: previous === undefined ? undefined : restore(previous),
    };
  } catch {
    return undefined;
  }
}

function makeKey(): TokenKey {
  return withPublic(randomUUID(), generateKeyPairSync("ed25519").privateKey);
}

function store({ kid, privateKey }: TokenKey): StoredKey {
  return { kid, key: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64") };
}

function restore({ kid, key }: StoredKey): TokenKey {
  return withPublic(kid, createPrivateKey({ key: Buffer.from(key, "base64"), format: "der", type: "pkcs8" }));
}

function withPublic(kid: string, privateKey: KeyObject): TokenKey {
  const { x } = privateKey.export({ format: "jwk" });
  if (x === undefined || typeof kid !== "string") throw new TypeError("This is no key of Ed25519.");
  return { kid, x, privateKey };
}
