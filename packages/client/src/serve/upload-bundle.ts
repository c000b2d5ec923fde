import { createHash } from "node:crypto";
import { AppEnvError } from "@appenv/core";
import { errorCodeHeader } from "@appenv/protocol";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import type { SealedBundle } from "../bundle/contents.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { requestAt } from "../control-plane/request-at.ts";

/** A bundle may be large, and a line slow; the answer is short. */
const limits = { bytes: 64 * 1024, ms: 10 * 60_000 };

/**
 * Brings a bundle to the platform on this machine. Gives its URI there.
 *
 * @param isDry - Gives the URI only. @throws AppEnvError CONTROL_PLANE, UNREACHABLE.
 */
export async function uploadBundle(controlPlane: ControlPlane, made: SealedBundle, isDry = false): Promise<string> {
  const body = Buffer.from(made.code);
  const md5 = createHash("md5").update(body).digest();
  const location = await controlPlane.data.createUploadLocation({
    project: controlPlane.project,
    domain: controlPlane.domain,
    filename: `${made.version.slice(0, 16)}.mjs`,
    contentMd5: md5,
    contentLength: BigInt(body.length),
    expiresIn: durationFromMs(60_000),
    addContentMd5Metadata: true,
  });
  if (isDry) return location.nativeUrl;
  await put(controlPlane.endpoint, location.signedUrl, body, {
    ...location.headers,
    "Content-MD5": md5.toString("base64"),
  });
  return location.nativeUrl;
}

async function put(endpoint: string, url: string, body: Buffer, headers: Record<string, string>): Promise<void> {
  const init = { method: "PUT", body: new Uint8Array(body), headers };
  const response = await requestAt(endpoint, url, init, limits).catch((error: unknown) => {
    throw AppEnvError.from(error, "UNREACHABLE", `The bundle could not be uploaded to ${new URL(url).origin}`);
  });
  const answer = await response.text();
  if (response.ok) return;
  if (response.headers.get(errorCodeHeader) === "DISK_FULL") throw new AppEnvError("DISK_FULL", answer);
  throw new AppEnvError(
    "CONTROL_PLANE",
    `The bundle was refused with HTTP ${response.status}: ${answer.slice(0, 300)}`,
  );
}
