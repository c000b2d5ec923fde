/** What a FLYTE_API_KEY holds. */
export interface ApiKeyParts {
  readonly endpoint?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly org?: string;
  /** A key that is no base64 of four parts: it is sent as it is. */
  readonly bearerToken?: string;
}

/** Reads base64 of `endpoint:client_id:client_secret:org`, the form Flyte issues. */
export function parseApiKey(key: string | undefined): ApiKeyParts | undefined {
  if (key === undefined || key === "") return undefined;
  const decoded = Buffer.from(key, "base64").toString("utf8");
  const match = /^((?:[a-z]+:\/{2,3})?[^\s:/]+(?::\d+)?):([^\s:]+):([^\s:]+):(\S*)$/.exec(decoded);
  if (match === null) return { bearerToken: key };
  const [, endpoint = "", clientId = "", clientSecret = "", org = ""] = match;
  return { endpoint, clientId, clientSecret, ...(org === "" || org === "None" ? {} : { org }) };
}
