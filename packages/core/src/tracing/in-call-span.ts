import { currentTrace } from "./current-trace.ts";
import { inSpan, type OpenSpan } from "./open-span.ts";
import { statusAttributes, callSpan } from "./spans.ts";

/** One try of a call of an app. */
export interface TracedCall {
  readonly app: string;
  readonly method: string;
  /** Its URL. */
  readonly target: string;
  /** From 1. */
  readonly tries: number;
}

/**
 * Sends a call in a span of its own. @param send - Is given what adds the trace context to the headers: that of the span;
 * without an SDK that of what led to the call, as it came.
 */
export function inCallSpan(
  { app, method, target, tries }: TracedCall,
  send: (addTrace: (headers: Headers) => void) => Promise<Response>,
): Promise<Response> {
  return inSpan(
    () => callSpan(app, method, target, tries),
    async (span) => {
      const response = await send((headers) => addTrace(headers, span));
      span?.set(statusAttributes(response.status));
      if (response.status >= 400) span?.fail(String(response.status), "");
      return response;
    },
  );
}

function addTrace(headers: Headers, span: OpenSpan | undefined): void {
  if (headers.has("traceparent")) return;
  if (span !== undefined) return span.inject(headers);
  const trace = currentTrace();
  if (trace === undefined) return;
  headers.set("traceparent", trace.traceparent);
  if (trace.tracestate !== undefined) headers.set("tracestate", trace.tracestate);
}
