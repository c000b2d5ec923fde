import type { IncomingMessage } from "node:http";
import { validateHeaderName, validateHeaderValue } from "node:http";
import { invalidRequest } from "../requests/ids.ts";

interface Header {
  readonly name: string;
  readonly value: string;
}

/** Headers about the connection, which is the platform's own, and about who sends. */
const refused =
  /^(host|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|content-length|upgrade|expect|http2-settings|sec-websocket-.*|forwarded|x-forwarded-.*|via|x-real-ip|x-appenv-.*)$/;
const mostHeaders = 100;

/**
 * The headers of a request: those that its sender gave, and those of the platform. A credential of the sender wins.
 *
 * @throws AppEnvError INVALID_OPTION.
 */
export function readHeaders(given: readonly Header[], own: Readonly<Record<string, string>>): Record<string, string[]> {
  if (given.length > mostHeaders) throw invalidRequest(`There are more than ${mostHeaders} headers.`, "Send fewer.");
  const headers: Record<string, string[]> = {};
  for (const { name, value } of given) {
    const key = name.toLowerCase();
    if (refused.test(key)) throw invalidRequest(`The header '${name}' is not for a sender to set.`, "Leave it out.");
    checkHeader(name, value);
    (headers[key] ??= []).push(value);
  }
  const hasCredential = "authorization" in headers || "x-api-key" in headers;
  for (const [name, value] of Object.entries(own)) {
    if (name !== "authorization" || !hasCredential) headers[name] = [value];
  }
  return headers;
}

function checkHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch (error) {
    throw invalidRequest(
      `The header '${name.slice(0, 100)}' cannot be sent: ${(error as Error).message}.`,
      "Correct it.",
    );
  }
}

/** The headers of a response, as they came. */
export function headersOf({ rawHeaders }: IncomingMessage): Header[] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => {
    return { name: rawHeaders[2 * index] ?? "", value: rawHeaders[2 * index + 1] ?? "" };
  });
}
