import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { refuse, type Secrets } from "./signature-v4.ts";

/** A server that speaks as S3 does, with its objects in memory. Buckets are there as soon as they are named. */
export interface FakeS3 {
  /** For example `http://127.0.0.1:9000`. */
  readonly endpoint: string;
  /** By `bucket/key`. */
  readonly objects: Map<string, Uint8Array>;
  /** Requests so far, as `GET bucket/key 200`. */
  readonly log: readonly string[];
  /** Answers the next requests with these instead: a status, or `cut` for a body that ends half-way, sent or received. */
  readonly faults: (number | "cut")[];
  close(): Promise<void>;
}

/** Starts the server on a free port. @param secrets - Keys it accepts. */
export async function startFakeS3(secrets: Secrets): Promise<FakeS3> {
  const objects = new Map<string, Uint8Array>();
  const log: string[] = [];
  const faults: (number | "cut")[] = [];
  const server = createServer((request, response) => {
    response.on("finish", () => log.push(`${request.method} ${keyOf(request)} ${response.statusCode}`));
    if (request.method === "PUT" && faults[0] === "cut") {
      faults.shift();
      request.once("data", () => request.destroy());
      return;
    }
    void readBody(request).then(
      (body) => answer(request, response, body, { objects, faults, secrets }),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { endpoint: `http://127.0.0.1:${port}`, objects, log, faults, close };
}

interface Inside {
  readonly objects: Map<string, Uint8Array>;
  readonly faults: (number | "cut")[];
  readonly secrets: Secrets;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  { objects, faults, secrets }: Inside,
): void {
  const fault = faults.shift();
  const refusal = refuse(request, secrets);
  if (typeof fault === "number") return fail(response, fault, "SlowDown");
  if (refusal !== undefined) return fail(response, refusal.status, refusal.code);
  const key = keyOf(request);
  if (request.method === "PUT") {
    if (!isWhole(request, body)) return fail(response, 400, "BadDigest");
    objects.set(key, body);
    response.writeHead(200, { ETag: `"${createHash("md5").update(body).digest("hex")}"` }).end();
    return;
  }
  const found = objects.get(key);
  if (found === undefined) return fail(response, 404, "NoSuchKey");
  response.writeHead(200, { "Content-Length": found.length });
  if (fault === "cut") {
    response.write(found.subarray(0, found.length >> 1), () => response.destroy());
    return;
  }
  response.end(request.method === "HEAD" ? undefined : found);
}

function keyOf({ url = "/" }: IncomingMessage): string {
  return decodeURIComponent(new URL(url, "http://localhost").pathname.slice(1));
}

function isWhole({ headers }: IncomingMessage, body: Buffer): boolean {
  const md5 = headers["content-md5"];
  return md5 === undefined || createHash("md5").update(body).digest("base64") === md5;
}

function fail(response: ServerResponse, status: number, code: string): void {
  const xml = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} of this server</Message></Error>`;
  response.writeHead(status, { "Content-Type": "application/xml" }).end(xml);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
