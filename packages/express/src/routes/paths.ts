const token =
  /\\(?<escaped>.)|[:*](?:"(?<quoted>[^"]+)"|(?<name>[\p{ID_Start}$_][\p{ID_Continue}$]*))|(?<brace>[{}])|./gsu;

/**
 * A path of Express 5 (`/items/:id`, `/files/*rest`, `/list{/:page}`) as OpenAPI writes it. There are several where a
 * part may be left out. OpenAPI has no parameter that spans segments: a wildcard looks like any other.
 */
export function openApiPaths(path: string): readonly string[] {
  const outer: (readonly string[])[] = [];
  let variants: readonly string[] = [""];
  for (const { 0: character, groups = {} } of path.matchAll(token)) {
    const { escaped, brace, quoted, name = quoted } = groups;
    if (brace === "{") outer.push(variants);
    else if (brace === "}") variants = [...(outer.pop() ?? []), ...variants];
    else variants = variants.map((text) => text + (name === undefined ? (escaped ?? character) : `{${name}}`));
  }
  return variants.map((text) => (text === "" ? "/" : text));
}

/** The path of a route below a mounted router. */
export function joinPaths(mount: string, path: string): string {
  const above = mount.replace(/\/+$/, "");
  const below = path.replace(/\/+$/, "");
  return below === "" || below.startsWith("/") || below.startsWith("{") ? above + below : `${above}/${below}`;
}
