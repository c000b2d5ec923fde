import type { IncomingMessage, ServerResponse } from "node:http";
import { endWithProblem, problem } from "./problem.ts";

/** Whether a request may go on; one that is too large is answered. */
export function limitBody(request: IncomingMessage, response: ServerResponse, limitBytes: number): boolean {
  const length = declaredBody(request);
  if (length === "unknown") countBody(request, limitBytes, () => tooLarge(request, response, limitBytes));
  else if (length > limitBytes) tooLarge(request, response, limitBytes);
  return length === "unknown" || length <= limitBytes;
}

/** How long a request says its body is: bytes, or "unknown" for a chunked one. */
export function declaredBody({ rawHeaders }: IncomingMessage): number | "unknown" {
  // `request.headers` builds an object that many requests never need; this reads the two names alone.
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (name.length === 14 && name.toLowerCase() === "content-length") return Number(rawHeaders[index + 1]);
    if (name.length === 17 && name.toLowerCase() === "transfer-encoding") return "unknown";
  }
  return 0;
}

/** Counts the body of a request while it arrives; above the limit the rest is dropped and `exceeded` called once. */
function countBody(request: IncomingMessage, limitBytes: number, exceeded: () => void): void {
  const push = request.push.bind(request);
  let received = 0;
  let over = false;
  request.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (over) return true;
    if (chunk !== null) received += (chunk as Buffer).length;
    if (received <= limitBytes) return push(chunk, encoding);
    over = true;
    exceeded();
    return true;
  };
}

function tooLarge(request: IncomingMessage, response: ServerResponse, limit: number): void {
  const detail = `The body of a request may have at most ${limit} bytes.`;
  request.resume();
  if (response.headersSent || response.socket === null) request.socket.destroy();
  else endWithProblem(response.socket, problem(413, "BODY_TOO_LARGE", detail));
}
