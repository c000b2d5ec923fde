import { Code } from "@connectrpc/connect";
import { encodeEnvelope, type UniversalServerResponse } from "@connectrpc/connect/protocol";
import { codeToHttpStatus, codeToString, endStreamFlag } from "@connectrpc/connect/protocol-connect";

/** The beginning of Connect's message about a binary message that it cannot read; in headers, encoded. */
const unreadable = /parse(?: |%20)binary/;
const [serversFailure, callersMistake] = [Code.Internal, Code.InvalidArgument];
/** The flag of the last envelope of gRPC-Web, which holds the trailers. */
const trailersFlag = 0x80;

/**
 * A message that cannot be read is the caller's mistake. Connect says so of JSON (`invalid_argument`), but of binary
 * messages that the server has failed (`internal`), in all of its protocols: it reads them where no interceptor looks on.
 */
export async function blameCaller(response: UniversalServerResponse): Promise<UniversalServerResponse> {
  const { status, header, body, trailer } = response;
  if (body === undefined) return response;
  if (status === codeToHttpStatus(serversFailure)) return blameInUnary(response, body);
  const type = header?.get("content-type") ?? "";
  if (type.startsWith("application/connect+")) {
    return { ...response, body: withEnd(body, endStreamFlag, blameInJson) };
  }
  if (type.startsWith("application/grpc-web")) {
    return { ...response, body: withEnd(body, trailersFlag, blameInTrailers) };
  }
  if (type.startsWith("application/grpc")) return { ...response, body: untilTrailer(body, trailer) };
  return response;
}

async function blameInUnary(
  response: UniversalServerResponse,
  body: AsyncIterable<Uint8Array>,
): Promise<UniversalServerResponse> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const given = Buffer.concat(chunks);
  const answered = Buffer.from(blameInJson(given.toString()));
  const header = new Headers(response.header);
  header.set("content-length", String(answered.length));
  const status = answered.equals(given) ? response.status : codeToHttpStatus(callersMistake);
  return { ...response, status, header, body: once(answered) };
}

/** Every chunk is one envelope. The last one says how the stream has ended. */
async function* withEnd(
  body: AsyncIterable<Uint8Array>,
  flag: number,
  blame: (text: string) => string,
): AsyncIterable<Uint8Array> {
  for await (const chunk of body) {
    yield chunk[0] === flag
      ? encodeEnvelope(flag, Buffer.from(blame(Buffer.from(chunk.subarray(5)).toString())))
      : chunk;
  }
}

async function* untilTrailer(body: AsyncIterable<Uint8Array>, trailer: Headers | undefined): AsyncIterable<Uint8Array> {
  yield* body;
  const isMistake = trailer?.get("grpc-status") === String(serversFailure);
  if (isMistake && unreadable.test(trailer.get("grpc-message") ?? ""))
    trailer.set("grpc-status", String(callersMistake));
}

function blameInJson(text: string): string {
  if (!unreadable.test(text)) return text;
  return text.replace(`"code":"${codeToString(serversFailure)}"`, `"code":"${codeToString(callersMistake)}"`);
}

function blameInTrailers(text: string): string {
  if (!unreadable.test(text)) return text;
  return text.replace(`grpc-status: ${serversFailure}`, `grpc-status: ${callersMistake}`);
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
