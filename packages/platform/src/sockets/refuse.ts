import type { Socket } from "node:net";

/** Answers a connection of which nothing was read with 503, and closes it. */
export function refuse(socket: Socket, detail: string, retryAfterSeconds: number): void {
  const body = JSON.stringify({ type: "about:blank", title: "Service Unavailable", status: 503, detail });
  const head = [
    "HTTP/1.1 503 Service Unavailable",
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Retry-After: ${retryAfterSeconds}`,
    "Connection: close",
  ];
  socket.on("error", () => socket.destroy());
  // Closing with unread bytes would reset the connection before the answer is read: so they are read away first.
  socket.resume();
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.setTimeout(2_000, () => socket.destroy());
}
