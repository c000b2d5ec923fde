import { currentTrace } from "./current-trace.ts";

/** The ids by which log lines belong to a span, under the names that OpenTelemetry gives them in logs. */
export interface TraceIds {
  /** 32 hexadecimal digits. */
  readonly trace_id: string;
  /** 16 hexadecimal digits. */
  readonly span_id: string;
}

/**
 * The ids of the active span, for a logger; without an SDK those of the trace that came with the request or the run. Empty
 * where there is none.
 *
 * @example
 * const app = Fastify({ logger: { mixin: () => traceIds() } });
 */
export function traceIds(): TraceIds | Readonly<Record<string, never>> {
  const [, trace_id, span_id] = currentTrace()?.traceparent.split("-") ?? [];
  return trace_id === undefined || span_id === undefined ? {} : { trace_id, span_id };
}
