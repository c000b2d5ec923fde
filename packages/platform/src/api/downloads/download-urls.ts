import { randomBytes } from "node:crypto";

const defaultLifetimeMs = 3_600_000;
const maxTickets = 1_000;

/** What may be downloaded. */
export interface Download {
  readonly type: "report" | "file";
  /** Reads it when it is asked for; undefined if it is gone. */
  readonly read: () => Promise<Uint8Array | string | undefined>;
}

/** A URL that may be read by who has it. */
export interface DownloadTicket {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Downloads that were allowed: a token is the right to one, until it expires. */
export class DownloadTickets {
  readonly #tickets = new Map<string, DownloadTicket & { readonly download: Download }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Allows a download for a while, an hour at most. */
  issue(download: Download, lifetimeMs: number = defaultLifetimeMs): DownloadTicket {
    const lifetime = Math.min(Math.max(lifetimeMs, 0), defaultLifetimeMs);
    const ticket = { token: randomBytes(32).toString("base64url"), expiresAt: this.#now() + lifetime };
    this.#makeRoom();
    this.#tickets.set(ticket.token, { ...ticket, download });
    return ticket;
  }

  /** What a token allows; undefined if it allows nothing any more. */
  find(token: string): Download | undefined {
    const ticket = this.#tickets.get(token);
    return ticket !== undefined && ticket.expiresAt > this.#now() ? ticket.download : undefined;
  }

  #makeRoom(): void {
    for (const { token, expiresAt } of this.#tickets.values()) {
      if (expiresAt <= this.#now()) this.#tickets.delete(token);
    }
    const [oldest] = this.#tickets.keys();
    if (oldest !== undefined && this.#tickets.size >= maxTickets) this.#tickets.delete(oldest);
  }
}
