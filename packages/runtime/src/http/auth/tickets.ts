import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { AppEnvError } from "@appenv/core";
import { unusableSecret } from "@appenv/core/internal";
import type { ReplicaAuth } from "../../ipc/replica-messages.ts";
import type { Admission } from "./auth.ts";

/** The right to open sockets of one app for a moment, for clients that cannot send a header: WebSockets of browsers. */
export interface Ticket {
  /** Letters, digits, `-` and `_`. */
  readonly ticket: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** What tickets are made with. */
export interface TicketOptions {
  /** The app they are for. */
  readonly app: string;
  /** Texts that nobody but the app's replicas and their platform know. The first one makes tickets, all open them. */
  readonly secrets: readonly string[];
  readonly lifetimeMs: number;
}

/** What stands in a ticket, where nobody can read it. */
interface Content {
  readonly expiresAt: number;
  readonly admission: Admission;
}

const cipher = "aes-256-gcm";
const [nonceBytes, tagBytes] = [12, 16];
const shortestSecret = 32;

/** Without a secret that others share, tickets are good in the process that made them. */
const ownSecret: string = randomBytes(32).toString("base64url");

/** What the platform gave to all replicas, else the env var APPENV_TICKET_SECRET. @throws AppEnvError INVALID_OPTION. */
export function ticketSecrets({ tokens }: ReplicaAuth): readonly string[] {
  if (tokens?.ticketSecrets !== undefined) return tokens.ticketSecrets;
  const given = process.env["APPENV_TICKET_SECRET"] ?? "";
  if (given === "") return [ownSecret];
  const isPlaceholder = unusableSecret(given) !== undefined;
  if (given.length >= shortestSecret && !isPlaceholder) return [given];
  const why = isPlaceholder ? "is blank or a placeholder" : `has ${given.length} characters`;
  throw new AppEnvError("INVALID_OPTION", `APPENV_TICKET_SECRET ${why}.`, {
    fix: `Give it at least ${shortestSecret}, for example by \`openssl rand -base64 32\`.`,
  });
}

/**
 * Makes and opens tickets. A ticket holds what its owner was admitted on, encrypted and authenticated (AES-256-GCM):
 * every replica can open it by itself, and nobody else can read it or change it.
 */
export class Tickets {
  readonly #options: TicketOptions;
  #keys: readonly Buffer[] | undefined;

  constructor(options: TicketOptions) {
    this.#options = options;
  }

  /** A ticket for whoever was admitted; it does not outlast what that was on. */
  make(admission: Admission): Ticket {
    const [key = Buffer.alloc(0)] = this.#derivedKeys();
    const expiresAt = Math.min(Date.now() + this.#options.lifetimeMs, admission.endsAt ?? Number.POSITIVE_INFINITY);
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipher, key, nonce);
    const content = JSON.stringify({ expiresAt, admission } satisfies Content);
    const sealed = [nonce, sealing.update(content, "utf8"), sealing.final(), sealing.getAuthTag()];
    return { ticket: Buffer.concat(sealed).toString("base64url"), expiresAt };
  }

  /** On what ground a ticket lets its owner in; undefined if it is none, or has expired. */
  open(ticket: string): Admission | undefined {
    const sealed = Buffer.from(ticket, "base64url");
    if (sealed.length <= nonceBytes + tagBytes) return undefined;
    for (const key of this.#derivedKeys()) {
      const content = unseal(sealed, key);
      if (content !== undefined) return content.expiresAt > Date.now() ? content.admission : undefined;
    }
    return undefined;
  }

  #derivedKeys(): readonly Buffer[] {
    const { secrets, app } = this.#options;
    return (this.#keys ??= secrets.map((secret) =>
      Buffer.from(hkdfSync("sha256", secret, "", `appenv ticket 1 ${app}`, 32)),
    ));
  }
}

function unseal(sealed: Buffer, key: Buffer): Content | undefined {
  const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  opening.setAuthTag(sealed.subarray(-tagBytes));
  try {
    const text = Buffer.concat([opening.update(sealed.subarray(nonceBytes, -tagBytes)), opening.final()]);
    return JSON.parse(text.toString("utf8")) as Content;
  } catch {
    return undefined;
  }
}
