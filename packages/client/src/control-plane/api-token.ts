import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** An endpoint, and the state directory that its token is in. */
export interface TokenPlace {
  readonly endpoint: string;
  /** The state directory of a platform on this machine that has proved to be it. */
  readonly home: string | undefined;
}

/**
 * The token with which this process calls a platform on this machine: a replica's or a worker's own, else that of the
 * state directory, whose file only its owner can read. Undefined on other control planes, and for other users.
 */
export function apiToken({ endpoint, home }: TokenPlace): string | undefined {
  const own = process.env["APPENV_API_TOKEN"];
  // A token is for the platform that gave it, and nobody else.
  if (own !== undefined && own !== "" && endpoint === process.env["_U_EP_OVERRIDE"]) return own;
  return home === undefined ? undefined : readOwnerToken(home);
}

/** The token of a state directory; undefined if it has none, or is another user's. */
export function readOwnerToken(home: string): string | undefined {
  try {
    const text = readFileSync(join(home, "api-token"), "utf8").trim();
    return text === "" ? undefined : text;
  } catch {
    return undefined;
  }
}

/** The answer to a challenge by a platform that has this token: see `GET /healthz?challenge=`. */
export function expectedProof(token: string, challenge: string): string {
  return createHmac("sha256", token).update(`appenv platform ${challenge}`).digest("base64url");
}
