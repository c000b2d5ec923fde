import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Keys that a signature may be made with, secrets by their ids. */
export type Secrets = Readonly<Record<string, string>>;

/** Error that S3 answers a request with. */
export interface Refusal {
  readonly status: 403;
  readonly code: "AccessDenied" | "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "RequestTimeTooSkewed";
}

/** Longest difference of clocks, in milliseconds. */
const skewMs = 15 * 60_000;

/**
 * Checks the signature of a request, in its headers or in its query (a signed URL). Source: "Authenticating Requests: Using
 * the Authorization Header (AWS Signature Version 4)".
 *
 * @returns undefined for one that may pass.
 */
export function refuse(
  request: Pick<IncomingMessage, "method" | "url" | "headers">,
  secrets: Secrets,
): Refusal | undefined {
  const url = new URL(request.url ?? "/", "http://localhost");
  const signed = url.searchParams.has("X-Amz-Signature") ? ofQuery(url) : ofHeaders(request);
  if (signed === undefined) return { status: 403, code: "AccessDenied" };
  const [id = "", ...scope] = signed.credential.split("/");
  const secret = secrets[id];
  if (secret === undefined) return { status: 403, code: "InvalidAccessKeyId" };
  if (isOutOfTime(signed)) return { status: 403, code: "RequestTimeTooSkewed" };
  const canonical = [
    request.method,
    canonicalPath(url.pathname),
    canonicalQuery(url),
    ...signed.headers.map(
      (name) =>
        `${name}:${String(request.headers[name] ?? "")
          .trim()
          .replaceAll(/\s+/g, " ")}`,
    ),
    "",
    signed.headers.join(";"),
    signed.payload,
  ].join("\n");
  const text = [
    "AWS4-HMAC-SHA256",
    signed.date,
    scope.join("/"),
    createHash("sha256").update(canonical).digest("hex"),
  ].join("\n");
  const key = scope.reduce<string | Buffer>(
    (above, part) => createHmac("sha256", above).update(part).digest(),
    `AWS4${secret}`,
  );
  const expected = createHmac("sha256", key).update(text).digest("hex");
  return expected === signed.signature ? undefined : { status: 403, code: "SignatureDoesNotMatch" };
}

interface Signed {
  readonly credential: string;
  readonly date: string;
  readonly headers: readonly string[];
  readonly signature: string;
  readonly payload: string;
  /** Seconds that a signed URL may be used for. */
  readonly expires: number | undefined;
}

function ofHeaders({ headers }: Pick<IncomingMessage, "headers">): Signed | undefined {
  const parts = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)$/.exec(
    headers.authorization ?? "",
  );
  const payload = headers["x-amz-content-sha256"];
  if (parts === null || typeof payload !== "string") return undefined;
  const [, credential = "", names = "", signature = ""] = parts;
  const date = String(headers["x-amz-date"] ?? "");
  return { credential, date, headers: names.split(";"), signature, payload, expires: undefined };
}

function ofQuery({ searchParams }: URL): Signed {
  const value = (name: string): string => searchParams.get(name) ?? "";
  return {
    credential: value("X-Amz-Credential"),
    date: value("X-Amz-Date"),
    headers: value("X-Amz-SignedHeaders").split(";"),
    signature: value("X-Amz-Signature"),
    payload: "UNSIGNED-PAYLOAD",
    expires: Number(value("X-Amz-Expires")),
  };
}

function isOutOfTime({ date, expires }: Signed): boolean {
  const at = Date.parse(date.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, "$1-$2-$3T$4:$5:$6Z"));
  const age = Date.now() - at;
  return Number.isNaN(age) || age < -skewMs || age > (expires === undefined ? skewMs : expires * 1_000);
}

/** Each part of the path encoded once, as S3 wants it. */
function canonicalPath(pathname: string): string {
  return pathname
    .split("/")
    .map((part) => encode(decodeURIComponent(part)))
    .join("/");
}

function canonicalQuery({ searchParams }: URL): string {
  return [...searchParams]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join("&");
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
