import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { bearerTokens } from "./bearer.ts";
import { request } from "./http.ts";
import { encodeKey } from "./object-uri.ts";
import { StorageError, type Env, type Storage } from "./storage.ts";

/** Version of the Blob service's API. */
const apiVersion = "2021-12-02";

/** Adds what admits a request to it. */
type Authorize = (method: string, url: URL, headers: Headers, length: number) => Promise<void>;

/**
 * Azure Blob Storage, by URIs such as `abfs://CONTAINER@ACCOUNT.dfs.core.windows.net/key`, or `abfs://CONTAINER/key` with the
 * account in `AZURE_STORAGE_ACCOUNT_NAME`. Admitted by, in this order: `AZURE_STORAGE_ACCOUNT_KEY`, `AZURE_STORAGE_SAS_TOKEN`,
 * or the pod's workload identity (`AZURE_FEDERATED_TOKEN_FILE`, `AZURE_CLIENT_ID`, `AZURE_TENANT_ID`).
 * `AZURE_STORAGE_BLOB_ENDPOINT` names another server, such as an emulator.
 */
export function azureStorage(env: Env): Storage {
  const authorize = authorizer(env);
  const send = (method: string, uri: string, body?: Uint8Array): Promise<Uint8Array | undefined> => {
    const url = new URL(blobUrl(uri, env));
    return request(`${method} ${uri}`, async (signal) => {
      const headers = new Headers({ "x-ms-version": apiVersion, "x-ms-date": new Date().toUTCString() });
      if (body !== undefined) headers.set("x-ms-blob-type", "BlockBlob");
      const signed = new URL(url);
      await authorize(method, signed, headers, body?.length ?? 0);
      return fetch(signed, {
        method,
        headers,
        signal,
        ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
      });
    });
  };
  return {
    get: (uri) => send("GET", uri),
    put: async (uri, bytes) => {
      if ((await send("PUT", uri, bytes)) === undefined)
        throw new StorageError(`PUT ${uri} failed: there is no such container`);
    },
  };
}

function blobUrl(uri: string, env: Env): string {
  const match = /^abfss?:\/\/([^@/]+)(?:@([^./]+)[^/]*)?\/(.+)$/.exec(uri);
  if (match === null)
    throw new StorageError(`'${uri}' names no object: expected abfs://CONTAINER@ACCOUNT.dfs.core.windows.net/KEY`);
  const [, container = "", named, key = ""] = match;
  const account = named ?? env["AZURE_STORAGE_ACCOUNT_NAME"];
  if (account === undefined)
    throw new StorageError(`'${uri}' names no account, and AZURE_STORAGE_ACCOUNT_NAME is not set`);
  const server = env["AZURE_STORAGE_BLOB_ENDPOINT"]?.replace(/\/+$/, "") ?? `https://${account}.blob.core.windows.net`;
  return `${server}/${container}/${encodeKey(key)}`;
}

function authorizer(env: Env): Authorize {
  const [account, key] = [env["AZURE_STORAGE_ACCOUNT_NAME"], env["AZURE_STORAGE_ACCOUNT_KEY"]];
  if (account !== undefined && key !== undefined) return sharedKey(account, key);
  const sas = env["AZURE_STORAGE_SAS_TOKEN"];
  if (sas !== undefined) {
    return async (_method, url) => {
      for (const [name, value] of new URLSearchParams(sas)) url.searchParams.append(name, value);
    };
  }
  return workloadIdentity(env);
}

/** Source: "Authorize with Shared Key", Azure Storage services. */
function sharedKey(account: string, key: string): Authorize {
  return async (method, url, headers, length) => {
    const own = [...headers]
      .filter(([name]) => name.startsWith("x-ms-"))
      .toSorted(([one], [other]) => (one < other ? -1 : 1));
    const resource = [
      `/${account}${url.pathname}`,
      ...[...url.searchParams].toSorted().map(([name, value]) => `${name}:${value}`),
    ];
    // Encoding, language, length, MD5, type, date and the conditional headers: all unset but the length.
    const standard = ["", "", length === 0 ? "" : String(length), "", "", "", "", "", "", "", ""];
    const text = [method, ...standard, ...own.map(([name, value]) => `${name}:${value}`), ...resource].join("\n");
    const signature = createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
    headers.set("Authorization", `SharedKey ${account}:${signature}`);
  };
}

function workloadIdentity(env: Env): Authorize {
  const file = env["AZURE_FEDERATED_TOKEN_FILE"];
  const [client, tenant] = [env["AZURE_CLIENT_ID"], env["AZURE_TENANT_ID"]];
  if (file === undefined || client === undefined || tenant === undefined) {
    return () => Promise.reject(new StorageError(missing));
  }
  const authority = env["AZURE_AUTHORITY_HOST"]?.replace(/\/+$/, "") ?? "https://login.microsoftonline.com";
  const token = bearerTokens("The authority of the workload identity", async (signal) => {
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: client,
      scope: "https://storage.azure.com/.default",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: (await readFile(file, "utf8")).trim(),
    });
    return fetch(`${authority}/${tenant}/oauth2/v2.0/token`, { method: "POST", body, signal });
  });
  return async (_method, _url, headers) => headers.set("Authorization", `Bearer ${await token()}`);
}

const missing =
  "there are no credentials for Azure: set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or give the pod a workload identity";
