import { request, type Send } from "./http.ts";
import { StorageError } from "./storage.ts";

/** Time before its end at which a token is fetched again, in milliseconds. */
const reserveMs = 60_000;

interface Token {
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * OAuth tokens from an authority that answers `{ access_token, expires_in }`, each kept until a minute before its end.
 *
 * @param who - Name of the authority, for messages. @returns A function that gives the token. @throws StorageError.
 */
export function bearerTokens(who: string, send: Send): () => Promise<string> {
  let kept: Token | undefined;
  return async () => {
    if (kept === undefined || kept.expiresAt - reserveMs < Date.now()) {
      kept = readToken(who, Buffer.from((await request(who, send)) ?? []).toString("utf8"));
    }
    return kept.value;
  };
}

function readToken(who: string, text: string): Token {
  try {
    const answer = JSON.parse(text) as { access_token?: string; expires_in?: number | string };
    if (answer.access_token === undefined) throw new Error("it has no access_token");
    return { value: answer.access_token, expiresAt: Date.now() + Number(answer.expires_in ?? 0) * 1_000 };
  } catch (error) {
    throw new StorageError(`${who} answered something else: ${(error as Error).message}`);
  }
}
