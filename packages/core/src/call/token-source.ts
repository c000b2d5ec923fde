/** Gives tokens with which apps may be called, by their names on the platform. */
export type TokenSource = (app: string) => Promise<string | undefined>;

/** Kept on the global object, so that all copies of this package see it. */
const place: unique symbol = Symbol.for("appenv.token-source") as never;

interface Place {
  [place]?: TokenSource;
}

/** Authorizes calls of this process with these tokens. For the runtime. */
export function setTokenSource(source: TokenSource): void {
  (globalThis as Place)[place] = source;
}

/** The source of tokens in a process of a platform; undefined elsewhere. */
export function tokenSource(): TokenSource | undefined {
  return (globalThis as Place)[place];
}
