/** Options of what is read from an app or a platform. */
export interface FollowOptions {
  /** Headers of each request, or what makes them, for example a token that has to be renewed. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /** As in `fetch`. Default `same-origin`. */
  readonly credentials?: "include" | "omit" | "same-origin";
}

/** The parts of a request that come from options. */
export function requestOptions({ headers, credentials = "same-origin" }: FollowOptions): {
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: "include" | "omit" | "same-origin";
} {
  return { headers: typeof headers === "function" ? headers() : (headers ?? {}), credentials };
}
