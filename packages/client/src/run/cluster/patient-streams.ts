import { AppEnvError } from "@appenv/core";
import { Code, ConnectError } from "@connectrpc/connect";

/** Failures in a row after which a stream is given up: about half a minute. */
const mostFailures = 60;

/** Codes of a backend that lacks a part of itself for a while, such as its database. */
const passing: ReadonlySet<Code | undefined> = new Set([
  Code.Internal,
  Code.Unknown,
  Code.Aborted,
  Code.ResourceExhausted,
]);

/**
 * Streams of a Flyte cluster that are opened again and again. Without its database the backend says Internal, and NotFound
 * of what it has told of before: for a while this counts as unreachable.
 */
export function patientStreams<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
): (signal: AbortSignal) => AsyncGenerator<T> {
  let failures = 0;
  let hasSaid = false;
  return async function* patiently(signal) {
    try {
      for await (const message of open(signal)) {
        failures = 0;
        hasSaid = true;
        yield message;
      }
    } catch (error) {
      failures += 1;
      if (failures > mostFailures || !mayPass(error, hasSaid)) throw error;
      throw new AppEnvError("UNREACHABLE", (error as Error).message, { cause: error });
    }
  };
}

function mayPass(error: unknown, wasThere: boolean): boolean {
  if (AppEnvError.is(error, "NOT_FOUND")) return wasThere;
  return (
    AppEnvError.is(error, "CONTROL_PLANE") && passing.has((error.cause as Partial<ConnectError> | undefined)?.code)
  );
}
