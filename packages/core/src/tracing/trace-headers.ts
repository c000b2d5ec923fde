/** W3C Trace Context of a request, of a run, or of an action. */
export interface TraceHeaders {
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
}

/** Versions later than 00 may have more at the end. */
const form = /^(?!ff)([0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** Maximum length of a context that is kept with a run, in characters: W3C asks for at least 512 of `tracestate`. */
const mostKept = 512;

/** The context, if it is one. */
export function validTrace(trace: TraceHeaders | undefined): TraceHeaders | undefined {
  const match = trace === undefined ? null : form.exec(trace.traceparent);
  return match === null || (match[1] === "00" && match[2] !== undefined) ? undefined : trace;
}

/** A context from anywhere, such as a message or a row, as it may be kept with a run; undefined: it is none. */
export function readTrace(traceparent: unknown, tracestate?: unknown): TraceHeaders | undefined {
  if (typeof traceparent !== "string" || traceparent.length > mostKept) return undefined;
  const isKept = typeof tracestate === "string" && tracestate !== "" && tracestate.length <= mostKept;
  return validTrace({ traceparent, ...(isKept ? { tracestate } : {}) });
}

/** The context as one text, for a row or an object of a storage; `parseTrace` reads it. */
export function traceText({ traceparent, tracestate }: TraceHeaders): string {
  return tracestate === undefined ? traceparent : `${traceparent} ${tracestate}`;
}

/** Reads what `traceText` wrote; undefined: it is none. */
export function parseTrace(text: unknown): TraceHeaders | undefined {
  if (typeof text !== "string") return undefined;
  const [traceparent, ...rest] = text.split(" ");
  return readTrace(traceparent, rest.join(" "));
}

/** The env vars in which OpenTelemetry passes a context on to a process. */
const traceVar = "TRACEPARENT";
const stateVar = "TRACESTATE";

/** A context as env vars of a process. */
export function toTraceVars({ traceparent, tracestate }: TraceHeaders): Record<string, string> {
  return { [traceVar]: traceparent, ...(tracestate === undefined ? {} : { [stateVar]: tracestate }) };
}

/** The context that a process was given in its env vars; undefined: none. */
export function fromTraceVars(env: Readonly<Record<string, string | undefined>>): TraceHeaders | undefined {
  return readTrace(env[traceVar], env[stateVar]);
}

/** True for an env var that carries a context. */
export function isTraceVar(name: string): boolean {
  return name === traceVar || name === stateVar;
}
