import { Code, ConnectError } from "@connectrpc/connect";

const defaultLimit = 50;
const longest = 200;

/** A page of a list, as a `ListRequest` asks for it. @throws ConnectError InvalidArgument. */
export function page<T>(
  all: readonly T[],
  request: { readonly limit: number; readonly token: string } | undefined,
): { readonly items: readonly T[]; readonly token: string } {
  const { limit = 0, token = "" } = request ?? {};
  if (limit > longest) throw new ConnectError(`invalid limit: ${limit} (exceeds maximum)`, Code.InvalidArgument);
  const start = token === "" ? 0 : Number(token);
  const end = start + (limit === 0 ? defaultLimit : limit);
  return { items: all.slice(start, end), token: end < all.length ? String(end) : "" };
}
