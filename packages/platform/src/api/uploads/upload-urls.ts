import { randomBytes } from "node:crypto";
import { AppEnvError } from "@appenv/core";
import type { UploadPlace } from "./upload-place.ts";

/** The largest upload, in bytes. Flyte's default. */
export const maxUploadBytes: number = 100 * 1024 * 1024;

const maxLifetimeMs = 3_600_000;
const maxTickets = 1_000;

/** The right to upload one file. */
export interface UploadTicket {
  readonly token: string;
  readonly place: UploadPlace;
  /** What it must contain: MD5, hex. */
  readonly md5: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** The uploads that were allowed and have not come yet. A token is the right to it; it works once. */
export class UploadTickets {
  readonly #tickets = new Map<string, UploadTicket>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @throws AppEnvError INVALID_OPTION. */
  issue(request: {
    readonly md5: Uint8Array;
    readonly place: UploadPlace;
    readonly bytes: bigint;
    readonly lifetimeMs: number | undefined;
  }): UploadTicket {
    const lifetimeMs = request.lifetimeMs ?? maxLifetimeMs;
    if (request.md5.length !== 16) throw invalid("content_md5 must be the 16 bytes of the file's MD5.");
    if (request.bytes > maxUploadBytes) throw invalid(`The file has ${request.bytes} bytes; 100 MiB are allowed.`);
    if (lifetimeMs <= 0 || lifetimeMs > maxLifetimeMs) throw invalid("expires_in must be at most an hour.");
    const md5 = Buffer.from(request.md5).toString("hex");
    const token = randomBytes(32).toString("base64url");
    const ticket = { token, md5, place: request.place, expiresAt: this.#now() + lifetimeMs };
    this.#makeRoom();
    this.#tickets.set(token, ticket);
    return ticket;
  }

  /** The ticket of a token, which then is used up; undefined if there is none any more. */
  take(token: string): UploadTicket | undefined {
    const ticket = this.#tickets.get(token);
    this.#tickets.delete(token);
    return ticket !== undefined && ticket.expiresAt > this.#now() ? ticket : undefined;
  }

  /** Gives a ticket back whose upload failed, so that the client can try again. */
  giveBack(ticket: UploadTicket): void {
    this.#tickets.set(ticket.token, ticket);
  }

  #makeRoom(): void {
    for (const { token, expiresAt } of this.#tickets.values()) {
      if (expiresAt <= this.#now()) this.#tickets.delete(token);
    }
    const [oldest] = this.#tickets.keys();
    if (oldest !== undefined && this.#tickets.size >= maxTickets) this.#tickets.delete(oldest);
  }
}

function invalid(message: string): AppEnvError {
  return new AppEnvError("INVALID_OPTION", message, { fix: "Correct the upload request." });
}
