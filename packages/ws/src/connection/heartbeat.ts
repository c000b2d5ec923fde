import type { WebSocket } from "ws";

/** How it is noticed that a client is gone without a word. */
export interface HeartbeatTimes {
  /** How long a client may be silent before it is asked, in milliseconds; 0: it is never asked. */
  readonly intervalMs: number;
  /** How long it has to answer, in milliseconds. */
  readonly timeoutMs: number;
}

/** Pings a silent client and cuts it off if it does not answer. Ends with the socket. */
export function keepHeartbeat(ws: WebSocket, { intervalMs, timeoutMs }: HeartbeatTimes): void {
  if (intervalMs === 0) return;
  let timer: NodeJS.Timeout;
  const ask = (): void => {
    // Whoever is not read cannot be heard either.
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
