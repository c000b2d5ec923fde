import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError } from "@appenv/core";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { requestAt } from "../control-plane/request-at.ts";

/** Code in the storage of a cluster. */
export interface UploadedCode {
  /** Its place, as containers read it: `s3://bucket/key`. */
  readonly uri: string;
  /** SHA-256 of what lies there, hex. */
  readonly hash: string;
}

/** Code that is to be uploaded. */
export interface Code {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256 of it, hex. */
  readonly hash: string;
}

/** The largest upload that the open-source backend signs, in bytes. Source: its `dataproxy_service.go`. */
const largest = 100 * 2 ** 20;
/** A line may be slow; the answer is short. */
const limits = { bytes: 64 * 1024, ms: 10 * 60_000 };
/** Delays before an upload is repeated, in milliseconds. */
const delaysMs = [500, 2_000];

/**
 * Brings code to the storage of a cluster, by a URL that its control plane signs. An upload that is cut is repeated; a storage
 * has all of an object or nothing.
 *
 * @throws AppEnvError PAYLOAD_TOO_LARGE, UNREACHABLE, CONTROL_PLANE.
 */
export async function uploadCode(controlPlane: ControlPlane, code: Code): Promise<UploadedCode> {
  if (code.bytes.length > largest) throw tooLarge(code.bytes.length);
  for (let failures = 0; ; failures += 1) {
    try {
      return { uri: await uploadOnce(controlPlane, code), hash: code.hash };
    } catch (error) {
      const delay = delaysMs[failures];
      if (delay === undefined || !mayPass(error)) throw error;
      await sleep(delay);
    }
  }
}

/** The place of code in the storage of a cluster, whether it is there or not. */
export async function placeOfCode(controlPlane: ControlPlane, code: Code): Promise<string> {
  return (await signedPlace(controlPlane, code, md5Of(code))).nativeUrl;
}

async function uploadOnce(controlPlane: ControlPlane, code: Code): Promise<string> {
  const md5 = md5Of(code);
  const { signedUrl, nativeUrl, headers } = await signedPlace(controlPlane, code, md5);
  await put(signedUrl, code.bytes, { ...usable(headers), "content-md5": md5.toString("base64") });
  return nativeUrl;
}

function signedPlace(controlPlane: ControlPlane, { bytes, hash }: Code, md5: Buffer) {
  return controlPlane.data.createUploadLocation({
    project: controlPlane.project,
    domain: controlPlane.domain,
    filename: `${hash.slice(0, 16)}.mjs.gz`,
    contentMd5: new Uint8Array(md5),
    contentLength: BigInt(bytes.length),
    // Signed before the upload begins, which may take minutes; the backend signs for an hour at most.
    expiresIn: durationFromMs(60 * 60_000),
    addContentMd5Metadata: true,
  });
}

function md5Of({ bytes }: Code): Buffer {
  return createHash("md5").update(bytes).digest();
}

/** Headers to send with the upload. The open-source backend answers a length that is that of the checksum. */
function usable(headers: Readonly<Record<string, string>>): Record<string, string> {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(named.filter(([name]) => name !== "content-length"));
}

async function put(url: string, body: Uint8Array<ArrayBuffer>, headers: Record<string, string>): Promise<void> {
  const { origin } = new URL(url);
  const response = await requestAt(origin, url, { method: "PUT", body, headers }, limits).catch((error: unknown) => {
    throw AppEnvError.from(error, "UNREACHABLE", `The code could not be uploaded to ${origin}`);
  });
  const answer = await response.text();
  if (response.ok) return;
  const message = `The storage at ${origin} refused the code with HTTP ${response.status}: ${answer.slice(0, 300)}`;
  throw new AppEnvError(response.status >= 500 ? "UNREACHABLE" : "CONTROL_PLANE", message);
}

function mayPass(error: unknown): boolean {
  return AppEnvError.is(error, "UNREACHABLE");
}

function tooLarge(bytes: number): AppEnvError {
  const size = (bytes / 2 ** 20).toFixed(0);
  return new AppEnvError("PAYLOAD_TOO_LARGE", `The code is ${size} MiB, compressed; a cluster takes 100 MiB at most.`, {
    fix: "Leave large packages to the image: `image: Image.fromNode().withNpmPackages(NAME)`.",
  });
}
