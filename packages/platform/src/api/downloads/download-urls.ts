import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { reportHeaders } from "../pages/report-headers.ts";

const maxLifetimeMs = 3_600_000;
const maxUrls = 1_000;

/** Something that may be downloaded. */
export interface Download {
  readonly type: "report" | "file";
  /** Reads it with each request; undefined if it is gone. */
  readonly read: () => Promise<Uint8Array | string | undefined>;
}

/** The token in the URL of a download. */
export interface DownloadToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Signed URLs of downloads. Anybody who has one may read it until it expires. */
export class DownloadUrls {
  readonly #allowed = new Map<string, DownloadToken & { readonly download: Download }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Allows a download for some time, in milliseconds; an hour by default and at most. */
  issue(download: Download, lifetimeMs: number = maxLifetimeMs): DownloadToken {
    const lifetime = Math.min(Math.max(lifetimeMs, 0), maxLifetimeMs);
    const issued = { token: randomBytes(32).toString("base64url"), expiresAt: this.#now() + lifetime };
    this.#makeRoom();
    this.#allowed.set(issued.token, { ...issued, download });
    return issued;
  }

  /** The download that a token allows; undefined if it allows none (any more). */
  find(token: string): Download | undefined {
    const allowed = this.#allowed.get(token);
    return allowed !== undefined && allowed.expiresAt > this.#now() ? allowed.download : undefined;
  }

  #makeRoom(): void {
    for (const { token, expiresAt } of this.#allowed.values()) {
      if (expiresAt <= this.#now()) this.#allowed.delete(token);
    }
    const [oldest] = this.#allowed.keys();
    if (oldest !== undefined && this.#allowed.size >= maxUrls) this.#allowed.delete(oldest);
  }
}

/** Answers `GET /download/<token>`. */
export async function sendDownload(download: Download | undefined, response: ServerResponse): Promise<void> {
  const content = await download?.read();
  if (download === undefined || content === undefined) {
    response.writeHead(404, { "content-type": "text/plain; charset=utf-8" });
    response.end("There is nothing to download here, or not any more.\n");
    return;
  }
  response.writeHead(200, download.type === "report" ? reportHeaders : fileHeaders);
  response.end(content);
}

const fileHeaders: Readonly<Record<string, string>> = {
  "content-type": "application/octet-stream",
  "content-disposition": "attachment",
  "content-security-policy": "sandbox; default-src 'none'",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};
