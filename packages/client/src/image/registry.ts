import { fetchWithin } from "@appenv/core/internal";
import { registryLogin, type RegistryLogin } from "./registry-login.ts";

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** The parts of a reference with a registry and a tag. */
interface Place {
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
}

function placeOf(reference: string): Place {
  const [, host = "", repository = "", tag = ""] = /^([^/]+)\/(.+):([^:/]+)$/.exec(reference) ?? [];
  return { host, repository, tag };
}

/** Tells whether a reference's registry is on this machine, where it speaks without TLS. */
export function isOnThisMachine(reference: string): boolean {
  return /^(localhost|127\.0\.0\.1)(:|\/)/.test(reference);
}

/**
 * Tells whether a registry has an image, with the login of docker or podman. False also if the registry does not say:
 * then the push says what is wrong.
 */
export async function isInRegistry(reference: string): Promise<boolean> {
  const { host, repository, tag } = placeOf(reference);
  const server = host === "docker.io" ? "registry-1.docker.io" : host;
  const url = `${isOnThisMachine(reference) ? "http" : "https"}://${server}/v2/${repository}/manifests/${tag}`;
  try {
    const first = await head(url);
    if (first.status !== 401) return first.ok;
    const authorization = await authorizationFor(first.headers.get("www-authenticate") ?? "", host, repository);
    return authorization !== undefined && (await head(url, authorization)).ok;
  } catch {
    return false;
  }
}

function head(url: string, authorization?: string): Promise<Response> {
  const headers = { accept: manifestTypes, ...(authorization === undefined ? {} : { authorization }) };
  return fetchWithin(url, { method: "HEAD", headers });
}

/** Answers a registry's challenge: `Bearer realm="https://auth.example.com/token",service="..."`, or `Basic`. */
async function authorizationFor(challenge: string, host: string, repository: string): Promise<string | undefined> {
  const login = await registryLogin(host);
  if (/^basic\b/i.test(challenge)) return login && basic(login);
  const parameters = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]),
  );
  if (parameters["realm"] === undefined) return undefined;
  const url = new URL(parameters["realm"]);
  if (parameters["service"] !== undefined) url.searchParams.set("service", parameters["service"]);
  url.searchParams.set("scope", parameters["scope"] ?? `repository:${repository}:pull`);
  const response = await fetchWithin(url, login === undefined ? {} : { headers: { authorization: basic(login) } });
  const { token, access_token } = (await response.json()) as { token?: string; access_token?: string };
  const given = token ?? access_token;
  return given === undefined ? undefined : `Bearer ${given}`;
}

function basic({ user, password }: RegistryLogin): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}
