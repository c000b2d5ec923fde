import { AppEnvError } from "@appenv/core";

/** A list's token: opaque to those who get it, and none of another list. */
export function writeToken(list: string, position: number): string {
  return Buffer.from(`${list}:${position}`).toString("base64url");
}

/** Where a list goes on; undefined at its beginning. @throws AppEnvError INVALID_OPTION if it is none of this list. */
export function readToken(list: string, token: string): number | undefined {
  if (token === "") return undefined;
  const [name, position] = Buffer.from(token, "base64url").toString("latin1").split(":");
  const number = Number(position);
  if (name === list && position !== undefined && /^\d+$/.test(position) && Number.isSafeInteger(number)) return number;
  throw new AppEnvError("INVALID_OPTION", "The token of the list request is none that this list gave.", {
    fix: "Ask for the first page without a token, and for each next one with the token of the answer before.",
  });
}
