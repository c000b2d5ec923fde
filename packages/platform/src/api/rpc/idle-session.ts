import type { ServerHttp2Session } from "node:http2";

/** A session with no stream open for so long is ended, in milliseconds; clients open another when they need one. */
const idleMs = 600_000;

/** Ends a session when nothing was asked in it for long. Streams may be silent for as long as they like. */
export function endIdleSession(session: ServerHttp2Session): void {
  let streams = 0;
  let timer: NodeJS.Timeout | undefined;
  const rest = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => session.close(), idleMs).unref();
  };
  session.on("stream", (stream) => {
    clearTimeout(timer);
    streams += 1;
    stream.once("close", () => {
      streams -= 1;
      if (streams === 0 && !session.closed) rest();
    });
  });
  session.once("close", () => clearTimeout(timer));
  rest();
}
