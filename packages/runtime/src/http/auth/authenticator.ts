import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { currentNotes } from "@appenv/core/internal";
import type { ReplicaAuth } from "../../ipc/replica-messages.ts";
import type { Credential } from "./credential.ts";
import type { JwtVerifier } from "./jwt-verifier.ts";
import { PlatformTokens } from "./platform-token.ts";
import type { Ticket, Tickets } from "./tickets.ts";

/** Maximum number of accepted credentials that are remembered in clear, so that a known one costs no hash. */
const remembered = 1_000;

/** Checks beside the rules that an authenticator is made with. */
export interface AuthenticatorTools {
  /** Default: no JWTs of others are accepted. */
  readonly verifier: JwtVerifier | undefined;
  readonly tickets: Tickets;
}

/** Checks the credentials of requests: API keys, tokens of the platform, JWTs of others, and tickets. */
export class Authenticator {
  readonly #accepted: readonly Buffer[];
  readonly #tokens: PlatformTokens | undefined;
  readonly #verifier: JwtVerifier | undefined;
  readonly #tickets: Tickets;
  // A look-up by the whole key tells nothing about a part of it: V8 compares its randomly seeded hash first.
  readonly #known: Map<string, Credential> = new Map();

  constructor({ keyHashes, tokens }: ReplicaAuth, { verifier, tickets }: AuthenticatorTools) {
    this.#accepted = keyHashes.map((hash) => Buffer.from(hash, "hex")).filter((hash) => hash.length === 32);
    this.#tokens = tokens === undefined ? undefined : new PlatformTokens(tokens);
    this.#verifier = verifier;
    this.#tickets = tickets;
  }

  /** The accepted credential of a request, if it has one: at once, or later for a JWT of another issuer seen for the first time. */
  check(request: IncomingMessage): Credential | undefined | Promise<Credential | undefined> {
    const sent = readSent(request);
    if (sent === undefined) return undefined;
    const known = this.#known.get(sent);
    if (known !== undefined && !isOver(known)) return noteUse(known);
    const found = this.#byKey(sent) ?? this.#byPlatformToken(sent);
    if (found !== undefined || this.#verifier === undefined || !looksLikeJwt(sent)) {
      return this.#remember(sent, found);
    }
    return this.#verifier.verify(sent).then((credential) => this.#remember(sent, credential));
  }

  /** A ticket for the owner of a credential. */
  makeTicket(credential: Credential): Ticket {
    return this.#tickets.make(credential);
  }

  /** The credential that a ticket was made for, if it still admits. A key that was revoked meanwhile takes its tickets along. */
  checkTicket(ticket: string): Credential | undefined {
    const credential = this.#tickets.open(ticket);
    return credential !== undefined && this.accepts(credential) ? credential : undefined;
  }

  /** Answers true if a credential that opened a socket would still do so. */
  accepts({ keyHash }: Credential): boolean {
    return keyHash === undefined || this.#accepted.some((hash) => hash.equals(Buffer.from(keyHash, "hex")));
  }

  #remember(sent: string, credential: Credential | undefined): Credential | undefined {
    this.#known.delete(sent);
    if (credential === undefined) return undefined;
    const [oldest] = this.#known.keys();
    if (this.#known.size >= remembered && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(sent, credential);
    return noteUse(credential);
  }

  /** Compares with every accepted key, each in constant time. */
  #byKey(key: string): Credential | undefined {
    const hash = createHash("sha256").update(key).digest();
    let found = false;
    for (const candidate of this.#accepted) found = timingSafeEqual(candidate, hash) || found;
    if (!found) return undefined;
    const keyHash = hash.toString("hex");
    return { keyHash, identity: { kind: "api-key", subject: `api-key:${keyHash.slice(0, 12)}`, claims: {} } };
  }

  #byPlatformToken(token: string): Credential | undefined {
    const found = this.#tokens?.check(token);
    if (found === undefined) return undefined;
    const { subject, claims, expiresAt } = found;
    return { identity: { kind: "platform", subject, claims }, expiresAt, endsAt: expiresAt };
  }
}

/** Tells the platform of the key, with the load of this process. */
function noteUse(credential: Credential): Credential {
  if (credential.keyHash !== undefined) currentNotes()?.keys.add(credential.keyHash);
  return credential;
}

function isOver({ expiresAt }: Credential): boolean {
  return expiresAt !== undefined && expiresAt <= Date.now();
}

function looksLikeJwt(text: string): boolean {
  return text.length < 16_384 && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

/** The key or token that a request sends. */
function readSent({ headers }: IncomingMessage): string | undefined {
  const { authorization, "x-api-key": apiKey } = headers;
  if (authorization !== undefined) {
    const match = /^bearer +(\S+) *$/i.exec(authorization);
    if (match !== null) return match[1];
  }
  return typeof apiKey === "string" ? apiKey : undefined;
}
