/** W3C Trace Context of a request. */
export interface TraceHeaders {
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
}

/** Versions later than 00 may have more at the end. */
const form = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/;

/** The trace context of a call: a new span in the trace of what led to it, or in a new trace. */
export function childTrace(parent: TraceHeaders | undefined): TraceHeaders {
  const match = parent === undefined ? null : form.exec(parent.traceparent);
  const [, version, trace, flags, more] = match ?? [];
  if (trace === undefined || (version === "00" && more !== undefined)) {
    return { traceparent: `00-${randomHex(16)}-${randomHex(8)}-01` };
  }
  return { traceparent: `00-${trace}-${randomHex(8)}-${flags}`, tracestate: parent?.tracestate };
}

function randomHex(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex");
}
