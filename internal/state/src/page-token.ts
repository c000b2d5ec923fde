import { createHash } from "node:crypto";
import { AppEnvError } from "@appenv/core";

/** The beginning of a list's next page: the item before it, or its index. */
export type PagePosition = readonly (string | number)[];

/** Writes and reads the tokens of one list. */
export interface PageTokens {
  /** The token of the page that begins at a position. */
  write(position: PagePosition): string;
  /** The position of a token; undefined for an empty one: the first page. @throws AppEnvError INVALID_OPTION for a wrong one. */
  read(token: string): PagePosition | undefined;
}

/**
 * The tokens of a list's pages, opaque to clients. A token continues the list that gave it and no other: it is bound to
 * the kind of list, and to everything that chooses and orders the items.
 *
 * @param list - The kind of list, for example `runs`.
 * @param filter - As JSON; the same for each page.
 */
export function pageTokens(list: string, filter: unknown): PageTokens {
  const digestOf = (position: PagePosition): string => {
    const text = JSON.stringify([list, filter, position]);
    return createHash("sha256").update(text).digest("base64url").slice(0, 16);
  };
  return {
    write: (position) => Buffer.from(JSON.stringify([digestOf(position), ...position])).toString("base64url"),
    read: (token) => {
      if (token === "") return undefined;
      const [digest, ...position] = readArray(token);
      if (digest === digestOf(position)) return position;
      throw new AppEnvError(
        "INVALID_OPTION",
        `The page token was not given by this list of ${list} with this filter.`,
        {
          fix: "Ask for the first page without a token, and for each next one with the token of the answer before and the same filter.",
        },
      );
    },
  };
}

function readArray(token: string): PagePosition {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    return Array.isArray(value) ? (value as PagePosition) : [];
  } catch {
    return [];
  }
}
