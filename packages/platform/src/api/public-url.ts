import type { RunId } from "@appenv/protocol";

/** The env var with the URL at which people open the platform, if that is another one than it listens at. */
const publicVariable = "APPENV_PUBLIC_URL";

/** The URL of the platform for browsers, without a slash at its end. @param endpoint - The URL at which it listens. */
export function publicUrl(endpoint: string): string {
  return (process.env[publicVariable] || endpoint).replace(/\/+$/, "");
}

/** The page of a run; empty if the console has no URL. */
export function runPage({ project, domain, run }: RunId, endpoint: string): string {
  const base = publicUrl(endpoint);
  return /^https?:/.test(base) ? `${base}/v2/domain/${domain}/project/${project}/runs/${run}` : "";
}
