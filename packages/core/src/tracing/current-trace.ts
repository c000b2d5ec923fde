import { requestContext } from "../call/request-context.ts";
import { currentRunContext } from "../task/calls/current-run-context.ts";
import { headersOf, registeredApi, spanOf } from "./registered.ts";
import { validTrace, type TraceHeaders } from "./trace-headers.ts";

/**
 * The trace context for what the running code leads to: that of the active span; without an SDK that of the request which
 * is being answered, or of the attempt, as it came.
 */
export function currentTrace(): TraceHeaders | undefined {
  const api = registeredApi();
  const active = api?.context.active();
  if (api !== undefined && active !== undefined && spanOf(active) !== undefined) return headersOf(api, active);
  return validTrace(requestContext()?.trace ?? currentRunContext()?.traceHeaders);
}
