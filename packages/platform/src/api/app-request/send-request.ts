import { once } from "node:events";
import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import type { SendRequestRequest, SendRequestResponseSchema } from "@appenv/protocol";
import { invalidRequest } from "../requests/ids.ts";
import { headersOf, readHeaders } from "./headers.ts";
import { readPath, type RequestTarget } from "./target.ts";

type SendInit = MessageInitShape<typeof SendRequestResponseSchema>;

/** Limits of a request on behalf of a person. */
export interface SendLimits {
  /** Of the body that is sent, in bytes. */
  readonly bodyBytes: number;
  /** Of the body that comes back, in bytes; the rest is cut off. */
  readonly responseBytes: number;
  /** From the sending to the end, in milliseconds; an event stream is cut off then. */
  readonly ms: number;
}

export const sendLimits: SendLimits = { bodyBytes: 1024 * 1024, responseBytes: 10 * 1024 * 1024, ms: 600_000 };

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"]);

/**
 * Sends a request to an app over loopback, and gives the response as it comes. Redirects are not followed.
 *
 * @throws AppEnvError INVALID_OPTION, PAYLOAD_TOO_LARGE; UNREACHABLE if no response comes.
 */
export async function* sendRequest(
  target: RequestTarget,
  { method, path, headers, body }: SendRequestRequest,
  signal: AbortSignal,
  limits: SendLimits = sendLimits,
): AsyncGenerator<SendInit> {
  if (!methods.has(method))
    throw invalidRequest(`There is no method '${method.slice(0, 20)}' here.`, `Use one of ${[...methods].join(", ")}.`);
  if (body.length > limits.bodyBytes) {
    throw new AppEnvError(
      "PAYLOAD_TOO_LARGE",
      `The body has ${body.length} bytes; ${limits.bodyBytes} may be sent from here.`,
    );
  }
  const { host, port } = target;
  const sent = { ...readHeaders(headers, target.headers), ...lengthOf(method, body) };
  const begun = performance.now();
  const request = httpRequest({ host, port, method, path: readPath(path), headers: sent, agent: false });
  const timer = setTimeout(() => request.destroy(new Error("it took too long")), limits.ms);
  const stop = (): void => void request.destroy();
  signal.addEventListener("abort", stop);
  try {
    if (signal.aborted) stop();
    const response = await answer(request, body, target);
    const { statusCode: status = 0, statusMessage: statusText = "" } = response;
    const head = { status, statusText, headers: headersOf(response), ms: performance.now() - begun };
    yield { event: { case: "head", value: head } };
    yield* bodyOf(response, begun, limits);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    request.on("error", () => {});
    request.destroy();
  }
}

function lengthOf(method: string, body: Uint8Array): Record<string, string[]> {
  const hasBody = body.length > 0 || !["GET", "HEAD", "OPTIONS", "DELETE"].includes(method);
  return hasBody ? { "content-length": [String(body.length)] } : {};
}

async function answer(request: ClientRequest, body: Uint8Array, { name }: RequestTarget): Promise<IncomingMessage> {
  try {
    const response = once(request, "response") as Promise<[IncomingMessage]>;
    request.end(body);
    return (await response)[0];
  } catch (error) {
    throw new AppEnvError("UNREACHABLE", `The app '${name}' did not answer: ${(error as Error).message}.`, {
      fix: `See what it says: \`appenv logs app ${name}\`.`,
    });
  }
}

async function* bodyOf(response: IncomingMessage, begun: number, limits: SendLimits): AsyncGenerator<SendInit> {
  let bytes = 0;
  let cut = "";
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      const part = chunk.subarray(0, limits.responseBytes - bytes);
      bytes += part.length;
      yield { event: { case: "chunk", value: part } };
      if (bytes < limits.responseBytes) continue;
      cut = `Only the first ${limits.responseBytes} bytes are shown.`;
      break;
    }
  } catch (error) {
    cut = `It ended early: ${(error as Error).message}.`;
  }
  yield { event: { case: "end", value: { ms: performance.now() - begun, bytes: BigInt(bytes), cut } } };
}
