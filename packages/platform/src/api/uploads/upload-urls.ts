import { randomBytes } from "node:crypto";
import { AppEnvError } from "@appenv/core";
import type { UploadPlace } from "./upload-place.ts";

/** The largest upload, in bytes. Flyte's default. */
export const maxUploadBytes: number = 100 * 1024 * 1024;

const maxLifetimeMs = 3_600_000;
const maxUrls = 1_000;

/** One upload that is allowed, by the token in its URL. */
export interface AllowedUpload {
  readonly token: string;
  readonly place: UploadPlace;
  /** The MD5 that the file must have, in hex. */
  readonly md5: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Signed URLs of uploads. Anybody who has one may use it, once and until it expires. */
export class UploadUrls {
  readonly #allowed = new Map<string, AllowedUpload>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Allows one upload. @throws AppEnvError INVALID_OPTION. */
  issue(request: {
    readonly md5: Uint8Array;
    readonly place: UploadPlace;
    readonly bytes: bigint;
    readonly lifetimeMs: number | undefined;
  }): AllowedUpload {
    const lifetimeMs = request.lifetimeMs ?? maxLifetimeMs;
    if (request.md5.length !== 16) throw invalid("content_md5 must be the 16 bytes of the file's MD5.");
    if (request.bytes > maxUploadBytes) throw invalid(`The file has ${request.bytes} bytes; 100 MiB are allowed.`);
    if (lifetimeMs <= 0 || lifetimeMs > maxLifetimeMs) throw invalid("expires_in must be at most an hour.");
    const md5 = Buffer.from(request.md5).toString("hex");
    const token = randomBytes(32).toString("base64url");
    const upload = { token, md5, place: request.place, expiresAt: this.#now() + lifetimeMs };
    this.#makeRoom();
    this.#allowed.set(token, upload);
    return upload;
  }

  /** Takes the upload of a token, whose URL is then used up; undefined if it allows none (any more). */
  take(token: string): AllowedUpload | undefined {
    const upload = this.#allowed.get(token);
    this.#allowed.delete(token);
    return upload !== undefined && upload.expiresAt > this.#now() ? upload : undefined;
  }

  /** Allows an upload that failed once more. */
  giveBack(upload: AllowedUpload): void {
    this.#allowed.set(upload.token, upload);
  }

  #makeRoom(): void {
    for (const { token, expiresAt } of this.#allowed.values()) {
      if (expiresAt <= this.#now()) this.#allowed.delete(token);
    }
    const [oldest] = this.#allowed.keys();
    if (oldest !== undefined && this.#allowed.size >= maxUrls) this.#allowed.delete(oldest);
  }
}

function invalid(message: string): AppEnvError {
  return new AppEnvError("INVALID_OPTION", message, { fix: "Correct the upload request." });
}
