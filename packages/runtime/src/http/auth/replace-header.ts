import type { IncomingMessage } from "node:http";

/** Gives a header of a request another value; an empty text takes it away. @param name - As it is sent. */
export function replaceHeader(request: IncomingMessage, name: string, text: string): void {
  // Node makes both when they are first read, and counts on as many raw headers as there were.
  const { headers, headersDistinct, rawHeaders } = request;
  const lower = name.toLowerCase();
  delete headers[lower];
  delete headersDistinct[lower];
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (rawHeaders[index]?.toLowerCase() === lower) rawHeaders.splice(index, 2);
  }
  if (text === "") return;
  headers[lower] = text;
  headersDistinct[lower] = [text];
  rawHeaders.push(name, text);
}
