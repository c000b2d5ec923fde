import { AppEnvError } from "@appenv/core";

/**
 * A control plane's URL from any form Flyte users write: `dns:///host`, `host:port`, `https://host/`. `unix:/path/api.sock` stays as it is.
 * Without a scheme it is https, or http if the configuration says insecure.
 *
 * @throws AppEnvError INVALID_CONFIG if it is no address.
 */
export function normalizeEndpoint(endpoint: string, insecure = false): string {
  // A path, not a host: see `socketOf`.
  if (/^unix:\/[^\0]+$/.test(endpoint.trim())) return endpoint.trim();
  const bare = endpoint.trim().replace(/^dns:\/{2,3}/, "");
  const url = /^https?:\/\//.test(bare) ? bare : `${insecure ? "http" : "https"}://${bare}`;
  if (bare === "" || !URL.canParse(url)) {
    throw new AppEnvError("INVALID_CONFIG", `The endpoint '${endpoint}' is no address.`, {
      fix: 'Write one such as "http://localhost:7070" or "dns:///flyte.example.com".',
    });
  }
  return url.replace(/\/+$/, "");
}
