/** The way from this process to an app that it serves, or that it has asked a platform to serve. */
export interface ServedHere {
  /** Its endpoint, without a slash at the end; undefined while it has none that others could use. */
  readonly endpoint: string | undefined;
  /** Its name on the control plane. Default: the one given to this process, else its environment's. */
  readonly app?: string;
  /** Used instead of the global `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** The authorization of calls. */
  readonly token?: () => string | undefined | Promise<string | undefined>;
}

/** Kept on the environment itself, so that all copies of this package see it. */
const place: unique symbol = Symbol.for("appenv.served-here") as never;

interface Place {
  [place]?: ServedHere[];
}

/** Remembers the way to an app; the latest one counts. The returned function forgets it. */
export function rememberServed(environment: object, served: ServedHere): () => void {
  const holder = environment as Place;
  if (holder[place] === undefined) Object.defineProperty(holder, place, { value: [] });
  const all = holder[place] ?? [];
  all.push(served);
  return () => {
    const index = all.indexOf(served);
    if (index !== -1) all.splice(index, 1);
  };
}

/** The way to an app that this process serves or has served. */
export function servedHere(environment: object): ServedHere | undefined {
  return (environment as Place)[place]?.at(-1);
}
