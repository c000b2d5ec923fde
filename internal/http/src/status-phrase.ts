/**
 * The reason phrase of a status, as "Not Found" of 404; undefined for a status that has none. Imported as an ES module,
 * `node:http` would be read member by member, and some of its members load Node's fetch: 15 to 20 ms.
 */
export function statusPhrase(status: number | string): string | undefined {
  return process.getBuiltinModule("node:http").STATUS_CODES[status];
}
