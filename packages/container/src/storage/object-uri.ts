import { StorageError } from "./storage.ts";

/** The bucket and the key of a URI such as `s3://bucket/some/key`. @throws StorageError. */
export function bucketAndKey(uri: string): { readonly bucket: string; readonly key: string } {
  const match = /^[a-z0-9]+:\/\/([^/]+)\/(.+)$/.exec(uri);
  if (match === null) throw new StorageError(`'${uri}' names no object: expected SCHEME://BUCKET/KEY`);
  const [, bucket = "", key = ""] = match;
  return { bucket, key };
}

/** A key as a path of a URL. */
export function encodeKey(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}
