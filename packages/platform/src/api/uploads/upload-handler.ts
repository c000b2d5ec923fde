import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { ErrorCode } from "@appenv/core";
import { errorCodeHeader } from "@appenv/protocol";
import { isDiskFull } from "@appenv-internal/state/disk-error";
import { maxUploadBytes, type AllowedUpload, type UploadUrls } from "./upload-urls.ts";

/** The refusal of an upload, as an HTTP status and a sentence. */
class UploadError extends Error {
  readonly status: number;
  /** AppEnv's own clients read this header. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, code?: ErrorCode) {
    super(message);
    this.status = status;
    this.headers = code === undefined ? {} : { [errorCodeHeader]: code };
  }
}

/**
 * Answers `PUT /upload/<token>`: writes the body to its file. Another process sees the whole file under
 * its name, or nothing.
 */
export async function handleUpload(
  request: IncomingMessage,
  response: ServerResponse,
  urls: UploadUrls,
  token: string,
): Promise<void> {
  try {
    if (request.method !== "PUT") throw new UploadError(405, "An upload is a PUT.");
    const upload = urls.take(token);
    if (upload === undefined) throw new UploadError(403, "The upload URL has expired or was used before.");
    await receive(request, upload).catch((error: unknown) => {
      urls.giveBack(upload);
      throw error;
    });
    response.writeHead(200).end();
  } catch (error) {
    const { status, headers, message } = explain(error);
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(`${message}\n`);
  }
}

function explain(error: unknown): UploadError {
  if (error instanceof UploadError) return error;
  if (isDiskFull(error)) {
    return new UploadError(507, "The disk under the platform's state directory is full.", "DISK_FULL");
  }
  return new UploadError(500, `The file could not be stored: ${error instanceof Error ? error.message : "?"}`);
}

async function receive(request: IncomingMessage, upload: AllowedUpload): Promise<void> {
  const { directory, name } = upload.place;
  const stated = request.headers["content-md5"];
  if (stated !== undefined && Buffer.from(String(stated), "base64").toString("hex") !== upload.md5) {
    throw new UploadError(400, "Content-MD5 is not the MD5 the upload URL was made for.");
  }
  if (Number(request.headers["content-length"] ?? 0) > maxUploadBytes) throw tooLarge();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const temporary = join(directory, `.upload-${randomUUID()}`);
  try {
    const md5 = await writeBody(request, temporary);
    if (md5 !== upload.md5) throw new UploadError(400, "The content has another MD5 than the upload URL was made for.");
    await rename(temporary, join(directory, name));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Gives the MD5 of what was written, in hex. */
async function writeBody(request: IncomingMessage, path: string): Promise<string> {
  const hash = createHash("md5");
  const file = await open(path, "wx", 0o600);
  try {
    let bytes = 0;
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxUploadBytes) throw tooLarge();
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    await file.datasync();
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

function tooLarge(): UploadError {
  return new UploadError(413, "The file is larger than 100 MiB.");
}
