import { AppEnvError, errorCatalogue, type ErrorCode } from "@appenv/core";
import { errorCodeHeader, errorFixHeader } from "@appenv/protocol";
import { Code, ConnectError, type Transport } from "@connectrpc/connect";
import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { systemCode } from "./system-code.ts";

const codes = new Map<Code, ErrorCode>([
  [Code.NotFound, "NOT_FOUND"],
  [Code.Unauthenticated, "UNAUTHENTICATED"],
  [Code.PermissionDenied, "UNAUTHENTICATED"],
  [Code.Unimplemented, "UNSUPPORTED"],
  [Code.Unavailable, "UNREACHABLE"],
]);

/** Any failure of a call as an AppEnvError: the one that the embedded platform raised, or one by Flyte's code. */
export function callError(error: unknown, endpoint: string): AppEnvError {
  if (AppEnvError.is(error)) return error;
  const failure = ConnectError.from(error);
  if (AppEnvError.is(failure.cause)) return failure.cause;
  const code = failure.metadata.get(errorCodeHeader);
  if (code !== null && isErrorCode(code)) return platformError(code, failure);
  if (isUnreachable(failure)) {
    return new AppEnvError("UNREACHABLE", `The control plane at ${endpoint} does not answer: ${reason(failure)}.`, {
      cause: failure,
    });
  }
  return new AppEnvError(codes.get(failure.code) ?? "CONTROL_PLANE", `${endpoint} answered: ${failure.rawMessage}`, {
    cause: failure,
  });
}

function platformError(code: ErrorCode, failure: ConnectError): AppEnvError {
  const fix = failure.metadata.get(errorFixHeader);
  return new AppEnvError(code, failure.rawMessage, fix === null ? {} : { fix: decode(fix) });
}

function isUnreachable(failure: ConnectError): boolean {
  return failure.code === Code.Unavailable || systemCode(failure) !== undefined;
}

function reason(failure: ConnectError): string {
  return (systemCode(failure) ?? failure.rawMessage).replace(/\.$/, "");
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
      try {
        return await transport.unary(...call);
      } catch (error) {
        throw callError(error, endpoint);
      }
    },
    async stream(...call) {
      try {
        const response = await transport.stream(...call);
        return { ...response, message: mapMessages(response.message, endpoint) };
      } catch (error) {
        throw callError(error, endpoint);
      }
    },
  };
}

async function* mapMessages<O extends DescMessage>(
  messages: AsyncIterable<MessageShape<O>>,
  endpoint: string,
): AsyncGenerator<MessageShape<O>> {
  try {
    yield* messages;
  } catch (error) {
    throw callError(error, endpoint);
  }
}
