/** Options of what is read from an app or a platform. */
export interface FollowOptions {
  /** Headers of each request, or what makes them, for example a token that has to be renewed. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /** As in `fetch`. Default `same-origin`. */
  readonly credentials?: "include" | "omit" | "same-origin";
  /** A token of `run.readToken()`, or what gives the newest one, to read a run from the platform itself. Default: none. */
  readonly token?: string | (() => string);
}

/** The parts of a request that come from options. */
export function requestOptions({ headers, credentials = "same-origin", token }: FollowOptions): {
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: "include" | "omit" | "same-origin";
} {
  const given = typeof headers === "function" ? headers() : (headers ?? {});
  const bearer = typeof token === "function" ? token() : token;
  return { headers: bearer === undefined ? given : { ...given, authorization: `Bearer ${bearer}` }, credentials };
}
