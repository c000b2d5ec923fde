import type { Listed, Page } from "@appenv/engine";
import { invalidRequest } from "./ids.ts";

/** So many items are looked at for one answer; a list of which hardly any match comes in several parts. */
const maxLooked = 5_000;
const pageSize = 200;

/** Where a filtered list goes on: in the part that begins at `token`, after `skip` items. */
interface Position {
  readonly token: string;
  readonly skip: number;
}

/**
 * The next items of a list that match. The answer may hold fewer than asked for, even none, and still not be the last:
 * that is told by an empty token alone.
 *
 * @throws AppEnvError INVALID_OPTION if the token is none of this list.
 */
export function filteredPage<T>(
  list: (page: Page) => Listed<T>,
  matches: (item: T) => boolean,
  page: Page,
): { readonly items: T[]; readonly token: string } {
  let position: Position | undefined = readPosition(page.token);
  const items: T[] = [];
  let looked = 0;
  while (position !== undefined && items.length < page.limit && looked < maxLooked) {
    const part = list({ limit: pageSize, token: position.token });
    let next = position.skip;
    while (next < part.items.length && items.length < page.limit) {
      const item = part.items[next++] as T;
      if (matches(item)) items.push(item);
    }
    looked += next - position.skip;
    position = after(position, next, part);
  }
  return { items, token: position === undefined ? "" : writePosition(position) };
}

function after({ token }: Position, next: number, part: Listed<unknown>): Position | undefined {
  if (next < part.items.length) return { token, skip: next };
  return part.token === "" ? undefined : { token: part.token, skip: 0 };
}

function writePosition({ token, skip }: Position): string {
  return Buffer.from(JSON.stringify([token, skip])).toString("base64url");
}

function readPosition(text: string): Position {
  if (text === "") return { token: "", skip: 0 };
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    const [token, skip] = Array.isArray(value) ? (value as unknown[]) : [];
    if (typeof token === "string" && Number.isSafeInteger(skip) && (skip as number) >= 0) {
      return { token, skip: skip as number };
    }
  } catch {
    // Said below.
  }
  throw invalidRequest(
    "The token of the list request is none that this platform gave.",
    "Ask for the first page without a token, and for each next one with the token of the answer before.",
  );
}
