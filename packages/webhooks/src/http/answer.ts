import type { ServerResponse } from "node:http";

/** An answer to a request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const nothing = new Uint8Array();

/** An answer without a body. */
export function emptyAnswer(status: number): Answer {
  return { status, headers: {}, body: nothing };
}

/** An answer in JSON. */
export function jsonAnswer(status: number, value: unknown, headers: Answer["headers"] = {}): Answer {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { "Content-Type": "application/json", "Cache-Control": "no-store", ...headers }, body };
}

/** An answer of the web's kind, read to its end. */
export async function webAnswer(response: Response): Promise<Answer> {
  const body = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: Object.fromEntries(response.headers), body };
}

/** Sends an answer, if nobody has answered yet. */
export function sendAnswer(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const length = status === 204 || status === 304 ? {} : { "Content-Length": body.byteLength };
  response.writeHead(status, { ...headers, ...length });
  response.end(body);
}
