/** A replay that the platform asks for, as it stands behind it. */
export interface Replay {
  /** Its id as a delivery. */
  readonly id: string;
  /** The delivery that is replayed, by its id on the platform. */
  readonly of: string;
}

/** The header of a replay, with a text that is good once. */
export const replayHeader = "appenv-replay";

/** Asks the platform for the replay behind a text; undefined: it knows none. */
export type ReplaySource = (text: string) => Promise<Replay | undefined>;

/** Kept on the global object, so that all copies of this package see it. */
const place: unique symbol = Symbol.for("appenv.replays") as never;

interface Place {
  [place]?: ReplaySource;
}

/** Has replays of the platform taken in this process. For the runtime. */
export function setReplaySource(source: ReplaySource): void {
  (globalThis as Place)[place] = source;
}

/** The replay that a request is; undefined: none, or one that the platform does not stand behind. */
export async function replayOf(header: string | string[] | undefined): Promise<Replay | undefined> {
  const source = (globalThis as Place)[place];
  if (source === undefined || typeof header !== "string" || !/^[\w-]{43}$/.test(header)) return undefined;
  return source(header);
}
