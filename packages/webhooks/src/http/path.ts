/** Reads the parameters of a path, or answers undefined if it is another path. */
export type PathMatcher = (path: string) => Readonly<Record<string, string>> | undefined;

/** A matcher for `/run/{name}`. A parameter is one segment of letters, digits, `.`, `_` and `-`, and not only dots. */
export function matchPath(pattern: string): PathMatcher {
  const expected = pattern.split("/");
  return (path) => {
    const segments = path.split("/");
    if (segments.length !== expected.length) return undefined;
    const params: Record<string, string> = {};
    for (const [index, part] of expected.entries()) {
      const segment = segments[index] ?? "";
      if (!part.startsWith("{")) {
        if (part !== segment) return undefined;
        continue;
      }
      const value = decode(segment);
      if (value === undefined) return undefined;
      params[part.slice(1, -1)] = value;
    }
    return params;
  };
}

/** The names of a pattern's parameters, in order. */
export function pathParams(pattern: string): string[] {
  return [...pattern.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);
}

function decode(segment: string): string | undefined {
  try {
    const value = decodeURIComponent(segment);
    return /^[\w.-]{1,200}$/.test(value) && /\w/.test(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
