const parameter = /\/:([^/{}?]+)(?:\{(?:[^{}]|\{[^{}]*\})*\})?(\?)?/g;

/**
 * A path of Hono (`/items/:id`, `/:file{.+\\.png}`, `/list/:page?`) as OpenAPI writes it; two where the last part may be
 * left out.
 */
export function openApiPaths(path: string): readonly string[] {
  let variants: readonly string[] = [""];
  let end = 0;
  for (const { index, 0: text, 1: name, 2: optional } of path.matchAll(parameter)) {
    const before = path.slice(end, index);
    end = index + text.length;
    variants = variants.flatMap((variant) => [
      ...(optional === undefined ? [] : [variant + before]),
      `${variant}${before}/{${name}}`,
    ]);
  }
  return variants.map((variant) => variant + path.slice(end) || "/");
}
