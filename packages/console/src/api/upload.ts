import { md5 } from "@noble/hashes/legacy.js";
import { data } from "./clients.ts";

/** A place of tasks. */
export interface UploadScope {
  readonly project: string;
  readonly domain: string;
}

/**
 * Uploads a file as an input of a task, and resolves with its URI. It goes to the platform that served this page, by the path of
 * its signed URL: the page asks no other address.
 *
 * @throws Error with the platform's words.
 */
export async function upload({ project, domain }: UploadScope, file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const { signedUrl, nativeUrl } = await data.createUploadLocation({
    project,
    domain,
    filename: file.name,
    contentMd5: md5(bytes),
    contentLength: BigInt(bytes.length),
  });
  const { pathname, search } = new URL(signedUrl);
  const response = await fetch(`${pathname}${search}`, { method: "PUT", body: bytes });
  if (!response.ok) throw new Error((await response.text()).trim() || `The upload was answered ${response.status}.`);
  return nativeUrl;
}
