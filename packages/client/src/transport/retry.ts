import { setTimeout as sleep } from "node:timers/promises";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { isRefused, systemCode } from "./system-code.ts";

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

/** An error of this side, such as one of TLS, comes again. */
function mayPass(error: unknown): boolean {
  const { code, isWireError } = ConnectError.from(error);
  if (isRefused(error)) return false;
  return systemCode(error) === "ECONNRESET" || (passing.has(code) && (isWireError || code !== Code.Internal));
}
