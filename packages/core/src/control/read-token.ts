import type { Duration } from "../values/duration.ts";

/** Options of `readToken` of a run. */
export interface ReadTokenOptions {
  /** The time for which the token is good: from 1 second to 7 days. Default `1h`. */
  readonly expiresIn?: Duration;
}

/** A token with which anybody reads one run: its phase, progress, output and streams. */
export interface ReadToken {
  /** Given as `Authorization: Bearer TOKEN`, or as `?token=TOKEN` where no header can be set, as for a WebSocket. */
  readonly token: string;
  /** The URL of the run at the platform; a stream is at `URL/streams/NAME`. */
  readonly url: string;
  readonly expiresAt: Date;
}
