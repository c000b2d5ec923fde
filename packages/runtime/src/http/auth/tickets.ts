import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { AppEnvError } from "@appenv/core";
import { unusableSecret } from "@appenv/core/internal";
import type { ReplicaAuth } from "../../ipc/replica-messages.ts";
import type { Credential } from "./credential.ts";

/** The right to open sockets of one app for a moment, for clients that cannot send a header: WebSockets of browsers. */
export interface Ticket {
  /** Letters, digits, `-` and `_`. */
  readonly ticket: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** The parts that tickets are made with. */
export interface TicketOptions {
  /** The app they are for. */
  readonly app: string;
  /** Texts that nobody but the app's replicas and their platform know. The first one makes tickets, all open them. */
  readonly secrets: readonly string[];
  readonly lifetimeMs: number;
}

/** The content of a ticket, which nobody but the app's replicas can read. */
interface Content {
  readonly expiresAt: number;
  readonly credential: Credential;
}

const cipher = "aes-256-gcm";
const [nonceBytes, tagBytes] = [12, 16];
const shortestSecret = 32;

/** Without a shared secret, tickets are good only in the process that made them. */
const ownSecret: string = randomBytes(32).toString("base64url");

/** The secrets that the platform gave to all replicas, else that of the env var APPENV_TICKET_SECRET. @throws AppEnvError INVALID_OPTION. */
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
 * Makes and opens tickets. A ticket holds the credential of its owner, encrypted and authenticated (AES-256-GCM):
 * every replica can open it by itself, and nobody else can read it or change it.
 */
export class Tickets {
  readonly #options: TicketOptions;
  #keys: readonly Buffer[] | undefined;

  constructor(options: TicketOptions) {
    this.#options = options;
  }

  /** A ticket for the owner of a credential, which it does not outlast. */
  make(credential: Credential): Ticket {
    const [key = Buffer.alloc(0)] = this.#derivedKeys();
    const expiresAt = Math.min(Date.now() + this.#options.lifetimeMs, credential.endsAt ?? Number.POSITIVE_INFINITY);
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipher, key, nonce);
    const content = JSON.stringify({ expiresAt, credential } satisfies Content);
    const sealed = [nonce, sealing.update(content, "utf8"), sealing.final(), sealing.getAuthTag()];
    return { ticket: Buffer.concat(sealed).toString("base64url"), expiresAt };
  }

  /** The credential that a ticket was made for; undefined if it is no ticket, or has expired. */
  open(ticket: string): Credential | undefined {
    const sealed = Buffer.from(ticket, "base64url");
    if (sealed.length <= nonceBytes + tagBytes) return undefined;
    for (const key of this.#derivedKeys()) {
      const content = unseal(sealed, key);
      if (content !== undefined) return content.expiresAt > Date.now() ? content.credential : undefined;
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
