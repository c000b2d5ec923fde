import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { AppEnvError, type ErrorCode } from "@appenv/core";
import { errorCodeHeader, errorFixHeader } from "@appenv/protocol";

/** Connect's codes for callers that know no others; errors without one here count as a failed precondition. */
const codes: Partial<Record<ErrorCode, Code>> = {
  NOT_FOUND: Code.NotFound,
  INVALID_OPTION: Code.InvalidArgument,
  INVALID_NAME: Code.InvalidArgument,
  INVALID_DURATION: Code.InvalidArgument,
  RESERVED_PORT: Code.InvalidArgument,
  UNAUTHENTICATED: Code.Unauthenticated,
  PERMISSION_DENIED: Code.PermissionDenied,
  UNSUPPORTED: Code.Unimplemented,
  UNREACHABLE: Code.Unavailable,
  DISK_FULL: Code.ResourceExhausted,
  INVALID_INPUT: Code.InvalidArgument,
  PAYLOAD_TOO_LARGE: Code.InvalidArgument,
  RUN_EXISTS: Code.AlreadyExists,
  IDEMPOTENCY_CONFLICT: Code.AlreadyExists,
  SECRET_EXISTS: Code.AlreadyExists,
  STATE_UNWRITABLE: Code.Internal,
  STATE_CORRUPTED: Code.DataLoss,
};

/** Any error as Connect's. AppEnv's own clients get code and fix back from its metadata. */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  if (AppEnvError.is(error)) {
    return new ConnectError(error.message, codes[error.code] ?? Code.FailedPrecondition, {
      [errorCodeHeader]: error.code,
      [errorFixHeader]: encodeURIComponent(error.fix),
    });
  }
  return ConnectError.from(error, Code.Internal);
}

/** Makes what handlers throw, also in the middle of a stream, an error of Connect. */
export const translateErrors: Interceptor = (next) => async (request) => {
  try {
    const response = await next(request);
    return response.stream ? { ...response, message: translated(response.message) } : response;
  } catch (error) {
    throw toConnectError(error);
  }
};

async function* translated<T>(messages: AsyncIterable<T>): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    throw toConnectError(error);
  }
}

/** Ends an aborted stream: with an error if the platform closes, silently if its client is gone. */
export function throwIfClosing(signal: AbortSignal): void {
  if (signal.reason instanceof ConnectError) throw signal.reason;
}
