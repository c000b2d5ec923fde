import { bearerTokens } from "./bearer.ts";
import { request } from "./http.ts";
import { bucketAndKey } from "./object-uri.ts";
import { StorageError, type Env, type Storage } from "./storage.ts";

/**
 * Google Cloud Storage, by its JSON API. The token is that of the pod's service account, from the metadata server
 * (`GCE_METADATA_HOST`, default `metadata.google.internal`); none is sent to an emulator (`STORAGE_EMULATOR_HOST`).
 */
export function gcsStorage(env: Env): Storage {
  const emulator = env["STORAGE_EMULATOR_HOST"];
  const base = emulator === undefined ? "https://storage.googleapis.com" : withScheme(emulator);
  const authorization = emulator === undefined ? serviceAccountToken(env) : async () => ({});
  return {
    get: (uri) => {
      const { bucket, key } = bucketAndKey(uri);
      const url = `${base}/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(key)}?alt=media`;
      return request(`GET ${uri}`, async (signal) => fetch(url, { headers: await authorization(), signal }));
    },
    put: async (uri, bytes) => {
      const { bucket, key } = bucketAndKey(uri);
      const query = `uploadType=media&name=${encodeURIComponent(key)}`;
      const url = `${base}/upload/storage/v1/b/${encodeURIComponent(bucket)}/o?${query}`;
      const answer = await request(`PUT ${uri}`, async (signal) => {
        const headers = { ...(await authorization()), "Content-Type": "application/octet-stream" };
        return fetch(url, { method: "POST", headers, body: bytes as Uint8Array<ArrayBuffer>, signal });
      });
      if (answer === undefined) throw new StorageError(`PUT ${uri} failed: there is no such bucket`);
    },
  };
}

function serviceAccountToken(env: Env): () => Promise<Record<string, string>> {
  const host = env["GCE_METADATA_HOST"] ?? "metadata.google.internal";
  const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/token`;
  const token = bearerTokens("The metadata server", (signal) =>
    fetch(url, { headers: { "Metadata-Flavor": "Google" }, signal }),
  );
  return async () => ({ Authorization: `Bearer ${await token()}` });
}

function withScheme(host: string): string {
  return (/^https?:\/\//.test(host) ? host : `http://${host}`).replace(/\/+$/, "");
}
