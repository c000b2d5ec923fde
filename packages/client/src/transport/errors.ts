import { AppEnvError, errorCatalogue, type ErrorCode } from "@appenv/core";
import { errorCodeHeader, errorFixHeader } from "@appenv/protocol";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import { create, toBinary, type DescMessage, type DescMethod, type MessageShape } from "@bufbuild/protobuf";
import { definedOnly } from "../defined-only.ts";
import { adviceOfMissing } from "./advice.ts";
import { strangerError } from "./stranger.ts";
import { systemCode } from "./system-code.ts";

const codes = new Map<Code, ErrorCode>([
  [Code.NotFound, "NOT_FOUND"],
  [Code.Unauthenticated, "UNAUTHENTICATED"],
  [Code.PermissionDenied, "UNAUTHENTICATED"],
  [Code.Unimplemented, "UNSUPPORTED"],
  [Code.Unavailable, "UNREACHABLE"],
]);

/**
 * Any failure of a call as an AppEnvError: the one that the embedded platform raised, or one by Flyte's code.
 *
 * @param method - The method that was called, for advice.
 */
export function callError(error: unknown, endpoint: string, method?: DescMethod): AppEnvError {
  if (AppEnvError.is(error)) return error;
  const failure = ConnectError.from(error);
  if (AppEnvError.is(failure.cause)) return failure.cause;
  const code = failure.metadata.get(errorCodeHeader);
  if (code !== null && isErrorCode(code)) return platformError(code, failure, method);
  const unanswered = reasonOfSilence(failure);
  if (unanswered !== undefined) {
    return new AppEnvError("UNREACHABLE", `The control plane at ${endpoint} does not answer: ${unanswered}.`, {
      cause: failure,
    });
  }
  return answeredError(failure, endpoint, method);
}

function platformError(code: ErrorCode, failure: ConnectError, method: DescMethod | undefined): AppEnvError {
  const sent = failure.metadata.get(errorFixHeader);
  const fix = sent === null ? undefined : decode(sent);
  // The catalogue knows nothing of what was asked for.
  const better = code === "NOT_FOUND" && fix === errorCatalogue.NOT_FOUND.fix ? adviceOfMissing(method) : undefined;
  return new AppEnvError(code, failure.rawMessage, definedOnly({ fix: better ?? fix }));
}

function answeredError(failure: ConnectError, endpoint: string, method: DescMethod | undefined): AppEnvError {
  const code = codes.get(failure.code) ?? "CONTROL_PLANE";
  if (code === "UNSUPPORTED" && failure.rawMessage === "HTTP 404") {
    const what = method === undefined ? "what was asked" : `Flyte's ${method.parent.name}`;
    return new AppEnvError(code, `The control plane at ${endpoint} does not offer ${what}.`, {
      cause: failure,
      fix: "Use another control plane; `--local` is the platform on this machine.",
    });
  }
  const fix = adviceOf(code, failure, method);
  return new AppEnvError(code, `${endpoint} answered: ${failure.rawMessage}`, {
    cause: failure,
    ...(fix === undefined ? {} : { fix }),
  });
}

/** An API key is for apps of the embedded platform, which sends its own advice. */
function adviceOf(code: ErrorCode, failure: ConnectError, method: DescMethod | undefined): string | undefined {
  if (code === "NOT_FOUND") return adviceOfMissing(method);
  if (code !== "UNAUTHENTICATED") return undefined;
  return failure.code === Code.PermissionDenied
    ? "Ask whoever runs the control plane for the right to do this, or use other credentials."
    : "Set the credentials of the control plane: `admin.authType` and what belongs to it, or FLYTE_API_KEY.";
}

/** The reason for which there was no answer, or no whole one; undefined if there was. */
function reasonOfSilence(failure: ConnectError): string | undefined {
  const code = systemCode(failure);
  if (code !== undefined) return code;
  const { rawMessage } = failure;
  if (isCut(rawMessage)) return "the connection was cut in the middle of its answer";
  if (failure.code === Code.Unavailable) return rawMessage.replace(/\.$/, "");
  return failure.code === Code.DeadlineExceeded ? rawMessage.replace(/^the operation timed out$/, late) : undefined;
}

const late = "nothing came in time (APPENV_CALL_TIMEOUT sets another limit)";

/** True for a stream without its end, as a proxy leaves it. */
function isCut(message: string): boolean {
  return /missing EndStreamResponse|promised \d+ bytes|premature (EOF|end)|incomplete envelope/i.test(message);
}

/** Tells whether a text is a code of the catalogue. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A transport whose every failure is an AppEnvError, also in the middle of a stream. */
export function mapErrors(transport: Transport, endpoint: string): Transport {
  return {
    async unary(...call) {
      const [method, , , , input] = call;
      try {
        return await transport.unary(...call);
      } catch (error) {
        throw unsent(error, method.input, input) ?? (await explained(error, endpoint, method));
      }
    },
    async stream(...call) {
      const [method] = call;
      try {
        const response = await transport.stream(...call);
        return { ...response, message: mapMessages(response.message, endpoint, method) };
      } catch (error) {
        throw await explained(error, endpoint, method);
      }
    },
  };
}

/** The error of a message that cannot be written, which has not been sent; undefined if it can. */
function unsent(error: unknown, schema: DescMessage, input: unknown): AppEnvError | undefined {
  if (AppEnvError.is(error) || ConnectError.from(error).code !== Code.Internal) return undefined;
  try {
    toBinary(schema, create(schema, input as never));
    return undefined;
  } catch (cause) {
    const { message } = cause as Error;
    return new AppEnvError("INVALID_OPTION", `The request cannot be written: ${message}.`, { cause });
  }
}

async function explained(error: unknown, endpoint: string, method: DescMethod): Promise<AppEnvError> {
  const known = AppEnvError.is(error) || AppEnvError.is(ConnectError.from(error).cause);
  const stranger = known ? undefined : await strangerError(ConnectError.from(error), endpoint);
  return stranger ?? callError(error, endpoint, method);
}

async function* mapMessages<O extends DescMessage>(
  messages: AsyncIterable<MessageShape<O>>,
  endpoint: string,
  method: DescMethod,
): AsyncGenerator<MessageShape<O>> {
  try {
    yield* messages;
  } catch (error) {
    throw callError(error, endpoint, method);
  }
}
