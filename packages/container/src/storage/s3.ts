import { AwsClient } from "aws4fetch";
import { awsCredentials, type AwsCredentials } from "./aws-credentials.ts";
import { request } from "./http.ts";
import { bucketAndKey, encodeKey } from "./object-uri.ts";
import type { Env, Storage } from "./storage.ts";

/**
 * S3, or a server that speaks as it does. Env vars: `FLYTE_AWS_ENDPOINT`, else `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`
 * (then buckets are in the path); the region of `AWS_REGION` or `AWS_DEFAULT_REGION`, default `us-east-1`.
 */
export function s3Storage(env: Env): Storage {
  const endpoint = env["FLYTE_AWS_ENDPOINT"] ?? env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"];
  const region = env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? "us-east-1";
  const credentials = awsCredentials(env, region);
  const send = (method: string, uri: string, body?: Uint8Array): Promise<Uint8Array | undefined> => {
    const url = objectUrl(uri, endpoint, region);
    return request(`${method} ${uri}`, async (signal) => {
      const signed = await client(await credentials(), region).sign(url, {
        method,
        ...(body === undefined ? {} : { body }),
      });
      return fetch(signed, { signal });
    });
  };
  return {
    get: (uri) => send("GET", uri),
    put: async (uri, bytes) => void (await send("PUT", uri, bytes)),
  };
}

function client(credentials: AwsCredentials, region: string): AwsClient {
  return new AwsClient({ ...credentials, service: "s3", region });
}

/** A bucket with a dot has no certificate of its own host name. */
function objectUrl(uri: string, endpoint: string | undefined, region: string): string {
  const { bucket, key } = bucketAndKey(uri);
  if (endpoint !== undefined) return `${withScheme(endpoint)}/${bucket}/${encodeKey(key)}`;
  const host = `s3.${region}.amazonaws.com`;
  return bucket.includes(".")
    ? `https://${host}/${bucket}/${encodeKey(key)}`
    : `https://${bucket}.${host}/${encodeKey(key)}`;
}

function withScheme(endpoint: string): string {
  return (/^https?:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`).replace(/\/+$/, "");
}
