/** The parameters in a path: `"/chat/:room"` has `{ room: string }`. */
export type PathParams<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Record<Name, string> & PathParams<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Record<Name, string>
    : Record<never, string>;

/** Reads the parameters of a path, or answers undefined if it is another path. */
export type PathMatcher = (pathname: string) => Record<string, string> | undefined;

/** A matcher for `/chat/:room`: a parameter stands for one segment. */
export function matchPath(path: string): PathMatcher {
  const expected = path.split("/");
  return (pathname) => {
    const segments = pathname.split("/");
    if (segments.length !== expected.length) return undefined;
    const params: Record<string, string> = {};
    for (const [index, part] of expected.entries()) {
      const segment = segments[index] ?? "";
      if (!part.startsWith(":")) {
        if (part !== segment) return undefined;
        continue;
      }
      const value = decode(segment);
      if (value === undefined || value === "") return undefined;
      params[part.slice(1)] = value;
    }
    return params;
  };
}

/** Puts parameters into a path. @throws TypeError if one is missing. */
export function fillPath(path: string, params: Readonly<Record<string, unknown>>): string {
  return path.replaceAll(/:([^/]+)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined || value === "") throw new TypeError(`The parameter ${name} of ${path} is missing.`);
    return encodeURIComponent(String(value));
  });
}

/** The names of a path's parameters, in order. */
export function pathParams(path: string): string[] {
  return [...path.matchAll(/:([^/]+)/g)].map(([, name]) => name ?? "");
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
