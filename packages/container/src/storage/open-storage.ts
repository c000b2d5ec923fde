import { azureStorage } from "./azure.ts";
import { fileStorage } from "./file.ts";
import { gcsStorage } from "./gcs.ts";
import { s3Storage } from "./s3.ts";
import { StorageError, type Env, type Storage } from "./storage.ts";

const kinds: Readonly<Record<string, (env: Env) => Storage>> = {
  "s3:": s3Storage,
  "gs:": gcsStorage,
  "abfs:": azureStorage,
  "abfss:": azureStorage,
  "file:": fileStorage,
};

/**
 * The storage of a cluster: S3 (`s3://bucket/key`), Google Cloud Storage (`gs://`), Azure (`abfs://`), or files (`file:///`).
 * Credentials are those that the container's env vars, or its machine, give.
 */
export function openStorage(env: Env): Storage {
  const opened = new Map<string, Storage>();
  const storageOf = (uri: string): Storage => {
    const scheme = /^[a-z0-9+.-]+:/.exec(uri)?.[0] ?? "";
    const known = opened.get(scheme);
    if (known !== undefined) return known;
    const open = kinds[scheme];
    if (open === undefined)
      throw new StorageError(`${uri} is in no storage that can be read: ${Object.keys(kinds).join(", ")}`);
    const made = open(env);
    opened.set(scheme, made);
    return made;
  };
  return {
    get: async (uri) => storageOf(uri).get(uri),
    put: async (uri, bytes) => storageOf(uri).put(uri, bytes),
  };
}
