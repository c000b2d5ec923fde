import type { WebSocket } from "ws";

/** The times by which a client that is gone without a word is noticed. */
export interface HeartbeatTimes {
  /** The silence after which a client is pinged, in milliseconds; 0: it is never pinged. */
  readonly intervalMs: number;
  /** The time it has to answer, in milliseconds. */
  readonly timeoutMs: number;
}

/** Pings a silent client and cuts it off if it does not answer. Ends with the socket. */
export function keepHeartbeat(ws: WebSocket, { intervalMs, timeoutMs }: HeartbeatTimes): void {
  if (intervalMs === 0) return;
  let timer: NodeJS.Timeout;
  const ask = (): void => {
    // A client that is not read cannot be heard either.
    if (ws.isPaused) return listen();
    ws.ping(() => {});
    timer = setTimeout(() => (ws.isPaused ? listen() : ws.terminate()), timeoutMs).unref();
  };
  const listen = (): void => {
    clearTimeout(timer);
    timer = setTimeout(ask, intervalMs).unref();
  };
  listen();
  ws.on("pong", listen);
  ws.on("message", listen);
  ws.once("close", () => clearTimeout(timer));
}
