import { WebSocket } from "ws";

/** A message of a run that is read over a WebSocket. */
export interface SocketMessage {
  readonly type: string;
  readonly offset?: number;
  readonly [key: string]: unknown;
}

/** The messages of one WebSocket; returns its close code, or the status of an upgrade that was refused. */
export async function* socketMessages(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): AsyncGenerator<SocketMessage, number> {
  const socket = new WebSocket(url.replace(/^http/, "ws"), { headers });
  const messages: SocketMessage[] = [];
  let end: number | undefined;
  let waiting = Promise.withResolvers<void>();
  const wake = (): void => waiting.resolve();
  socket.on("message", (data) => {
    messages.push(JSON.parse(String(data as Buffer)) as SocketMessage);
    wake();
  });
  const ended = (code: number): void => {
    end ??= code;
    wake();
  };
  socket.on("unexpected-response", (request, response) => {
    ended(response.statusCode ?? 0);
    request.destroy();
  });
  socket.on("error", () => {});
  socket.on("close", ended);
  try {
    for (;;) {
      const message = messages.shift();
      if (message !== undefined) yield message;
      else if (end !== undefined) return end;
      else {
        await waiting.promise;
        waiting = Promise.withResolvers();
      }
    }
  } finally {
    socket.terminate();
  }
}

/** Reads a stream over WebSockets as a page does: after a lost connection it comes back behind the last offset it has. */
export async function* followSocket(
  urlOf: () => string | Promise<string>,
  headers: Readonly<Record<string, string>> = {},
): AsyncGenerator<SocketMessage> {
  for (let from = 0; ;) {
    for await (const message of socketMessages(`${await urlOf()}?from=${from}`, headers)) {
      if (message.offset !== undefined) from = message.offset + 1;
      yield message;
      if (message.type === "end") return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
