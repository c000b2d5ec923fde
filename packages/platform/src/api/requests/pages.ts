import type { Listed, Page } from "@appenv/engine";
import type { PageTokens } from "@appenv-internal/state/page-token";

/** A page of a list for a client. An empty token: it is the last one. */
export interface TokenPage<T> {
  readonly items: readonly T[];
  readonly token: string;
}

/** A page of a list that is in memory, from an index on. For short lists that hardly ever change. */
export function pageOf<T>(all: readonly T[], { limit, token }: Page, tokens: PageTokens): TokenPage<T> {
  const [start = 0] = (tokens.read(token) ?? []) as readonly number[];
  const end = start + limit;
  return { items: all.slice(start, end), token: end < all.length ? tokens.write([end]) : "" };
}

/** Maximum items that are looked at for one answer; a list of which hardly any match comes in several parts. */
const maxLooked = 5_000;
const partSize = 200;

/** The place where a filtered list goes on: in the part that begins at `token`, after `skip` items. */
interface Position {
  readonly token: string;
  readonly skip: number;
}

/**
 * The next items of a list that match. A page may hold fewer than asked for, even none, and still not be the last: only
 * an empty token says that.
 *
 * @throws AppEnvError INVALID_OPTION if the token is none of this list.
 */
export function filteredPage<T>(
  list: (part: Page) => Listed<T>,
  matches: (item: T) => boolean,
  page: Page,
  tokens: PageTokens,
): TokenPage<T> {
  const [token = "", skip = 0] = (tokens.read(page.token) ?? []) as readonly [string?, number?];
  let position: Position | undefined = { token, skip };
  const items: T[] = [];
  let looked = 0;
  while (position !== undefined && items.length < page.limit && looked < maxLooked) {
    const part = list({ limit: partSize, token: position.token });
    let next = position.skip;
    while (next < part.items.length && items.length < page.limit) {
      const item = part.items[next++] as T;
      if (matches(item)) items.push(item);
    }
    looked += next - position.skip;
    position = after(position, next, part);
  }
  return { items, token: position === undefined ? "" : tokens.write([position.token, position.skip]) };
}

function after({ token }: Position, next: number, part: Listed<unknown>): Position | undefined {
  if (next < part.items.length) return { token, skip: next };
  return part.token === "" ? undefined : { token: part.token, skip: 0 };
}
