import { setTimeout as sleep } from "node:timers/promises";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { isRefused } from "./system-code.ts";

const passing = new Set([Code.Unavailable, Code.ResourceExhausted, Code.Internal]);
const tries = 3;

/** Repeats a call that only reads, up to twice, when the failure may pass. Source: flyte-sdk's retry interceptor. */
export function retryReads(firstDelayMs = 500): Interceptor {
  return (next) => async (request) => {
    const reads = request.method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await next(request);
      } catch (error) {
        if (!reads || request.stream || attempt === tries || !mayPass(error)) throw error;
        await sleep(firstDelayMs * 2 ** (attempt - 1), undefined, { signal: request.signal });
      }
    }
  };
}

function mayPass(error: unknown): boolean {
  return passing.has(ConnectError.from(error).code) && !isRefused(error);
}
