/** Reads the parameters of a path, or answers undefined if it is another path. Takes the path without its query. */
export type PathMatcher = (path: string) => Readonly<Record<string, string>> | undefined;

/** The way in which patterns write parameters, each of which stands for one segment. */
export interface PatternSyntax {
  /** The name of the parameter in this segment of a pattern; undefined if the segment stands for itself. */
  parameterOf(segment: string): string | undefined;
  /** True if a decoded segment is a value of a parameter. */
  isValue(segment: string): boolean;
}

/** A matcher for a pattern such as `/chat/:room`. */
export function matchPath(pattern: string, { parameterOf, isValue }: PatternSyntax): PathMatcher {
  const expected = pattern.split("/").map((segment) => ({ segment, parameter: parameterOf(segment) }));
  return (path) => {
    const segments = path.split("/");
    if (segments.length !== expected.length) return undefined;
    const params: Record<string, string> = {};
    for (const [index, { segment, parameter }] of expected.entries()) {
      const given = segments[index] ?? "";
      if (parameter === undefined) {
        if (segment !== given) return undefined;
        continue;
      }
      const value = decode(given);
      if (value === undefined || !isValue(value)) return undefined;
      params[parameter] = value;
    }
    return params;
  };
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
