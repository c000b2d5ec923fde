import type { PatternSyntax } from "@appenv-internal/http/match-path";

/** The parameters in a path: `"/chat/:room"` has `{ room: string }`. */
export type PathParams<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Record<Name, string> & PathParams<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Record<Name, string>
    : Record<never, string>;

/** A parameter `:room` is one segment that is not empty. */
export const pathSyntax: PatternSyntax = {
  parameterOf: (segment) => (segment.startsWith(":") ? segment.slice(1) : undefined),
  isValue: (segment) => segment !== "",
};

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
