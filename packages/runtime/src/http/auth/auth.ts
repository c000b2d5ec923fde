import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Identity } from "@appenv/core";
import type { ReplicaAuth } from "../../ipc/replica-messages.ts";
import { PlatformTokens } from "./platform-token.ts";
import { problem, type Problem, type ProblemHeaders } from "../problem.ts";
import type { Ticket, Tickets } from "./tickets.ts";

/** That a request may pass, and on what ground. */
export interface Admission {
  /** Undefined: nobody asked who sends it. */
  readonly identity: Identity | undefined;
  /** The hash of the API key, hex. */
  readonly keyHash?: string;
  /** Until when this may be remembered, in milliseconds since 1970. Default: without end. */
  readonly expiresAt?: number;
  /** When the credential itself ends, with the tolerance of clocks, in milliseconds since 1970. Default: never. */
  readonly endsAt?: number;
}

/** Checks JWTs of others than the platform. Undefined: the token is not valid. */
export interface TokenVerifier {
  /** Rejects if it cannot be told. */
  verify(token: string): Promise<Admission | undefined>;
}

/** The answer to a request that may not pass; the same one whether the key is missing or wrong. */
export const unauthenticated: Problem = problem(
  401,
  "UNAUTHENTICATED",
  "This app needs an API key: send `Authorization: Bearer KEY` or `x-api-key: KEY`.",
);

/** Tells clients how to authenticate. */
export const challenge: ProblemHeaders = { "WWW-Authenticate": "Bearer" };

/** Of a request to an app that asks nobody. */
export const open: Admission = { identity: undefined };

/** The SHA-256 of an API key in hex: the only form in which keys are kept. */
export function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** How many accepted credentials are remembered in clear, so that a request with a known one costs no hash. */
const remembered = 1_000;

/** What a guard checks beside the rules it is made with. */
export interface GuardTools {
  /** Default: no JWTs of others are accepted. */
  readonly verifier: TokenVerifier | undefined;
  readonly tickets: Tickets;
}

/** Lets requests pass whose credential is one of the accepted ones. */
export class Guard {
  readonly #accepted: readonly Buffer[];
  readonly #tokens: PlatformTokens | undefined;
  readonly #verifier: TokenVerifier | undefined;
  readonly #tickets: Tickets;
  // A look-up by the whole key tells nothing about a part of it: V8 compares its randomly seeded hash first.
  readonly #known: Map<string, Admission> = new Map();

  constructor({ keyHashes, tokens }: ReplicaAuth, { verifier, tickets }: GuardTools) {
    this.#accepted = keyHashes.map((hash) => Buffer.from(hash, "hex")).filter((hash) => hash.length === 32);
    this.#tokens = tokens === undefined ? undefined : new PlatformTokens(tokens);
    this.#verifier = verifier;
    this.#tickets = tickets;
  }

  /** Whether a request may pass: at once, or for a JWT of another issuer that was not seen before, later. */
  check(request: IncomingMessage): Admission | undefined | Promise<Admission | undefined> {
    const credential = readCredential(request);
    if (credential === undefined) return undefined;
    const known = this.#known.get(credential);
    if (known !== undefined && !isOver(known)) return known;
    const found = this.#byKey(credential) ?? this.#byPlatformToken(credential);
    if (found !== undefined || this.#verifier === undefined || !looksLikeJwt(credential)) {
      return this.#remember(credential, found);
    }
    return this.#verifier.verify(credential).then((admission) => this.#remember(credential, admission));
  }

  /** A ticket for whoever was admitted. */
  makeTicket(admission: Admission): Ticket {
    return this.#tickets.make(admission);
  }

  /** Whether the owner of a ticket may open a socket. A key that was revoked meanwhile takes its tickets along. */
  checkTicket(ticket: string): Admission | undefined {
    const admission = this.#tickets.open(ticket);
    return admission !== undefined && this.accepts(admission) ? admission : undefined;
  }

  /** Whether what let a socket pass would still do so. */
  accepts({ keyHash }: Admission): boolean {
    return keyHash === undefined || this.#accepted.some((hash) => hash.equals(Buffer.from(keyHash, "hex")));
  }

  #remember(credential: string, admission: Admission | undefined): Admission | undefined {
    this.#known.delete(credential);
    if (admission === undefined) return undefined;
    const [oldest] = this.#known.keys();
    if (this.#known.size >= remembered && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(credential, admission);
    return admission;
  }

  /** Compares with every accepted key, each in constant time. */
  #byKey(key: string): Admission | undefined {
    const hash = createHash("sha256").update(key).digest();
    let found = false;
    for (const candidate of this.#accepted) found = timingSafeEqual(candidate, hash) || found;
    if (!found) return undefined;
    const keyHash = hash.toString("hex");
    return { keyHash, identity: { kind: "api-key", subject: `api-key:${keyHash.slice(0, 12)}`, claims: {} } };
  }

  #byPlatformToken(token: string): Admission | undefined {
    const found = this.#tokens?.check(token);
    if (found === undefined) return undefined;
    const { subject, claims, expiresAt } = found;
    return { identity: { kind: "platform", subject, claims }, expiresAt, endsAt: expiresAt };
  }
}

function isOver({ expiresAt }: Admission): boolean {
  return expiresAt !== undefined && expiresAt <= Date.now();
}

function looksLikeJwt(text: string): boolean {
  return text.length < 16_384 && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
}

function readCredential({ headers }: IncomingMessage): string | undefined {
  const { authorization, "x-api-key": apiKey } = headers;
  if (authorization !== undefined) {
    const match = /^bearer +(\S+) *$/i.exec(authorization);
    if (match !== null) return match[1];
  }
  return typeof apiKey === "string" ? apiKey : undefined;
}
