// Types only: nothing of the package is loaded, whether it is installed or not.
import type { Context, ContextManager, Span, TextMapPropagator, TracerProvider } from "@opentelemetry/api";
import type { TraceHeaders } from "./trace-headers.ts";

/** The parts that an SDK has registered with `@opentelemetry/api`. */
export interface RegisteredApi {
  readonly trace: TracerProvider;
  readonly context: ContextManager;
  readonly propagation?: TextMapPropagator;
}

// All copies of `@opentelemetry/api` 1.x in a process share what is registered, and the active span, by these two symbols.
const place: unique symbol = Symbol.for("opentelemetry.js.api.1") as never;
const spanKey: unique symbol = Symbol.for("OpenTelemetry Context Key SPAN") as never;

interface Place {
  [place]?: Partial<RegisteredApi>;
}

/** The API as an SDK has registered it; undefined: none has, so that nothing is traced. */
export function registeredApi(): RegisteredApi | undefined {
  const api = (globalThis as Place)[place];
  return api?.trace === undefined || api.context === undefined ? undefined : (api as RegisteredApi);
}

/** The span that a context has. */
export function spanOf(context: Context): Span | undefined {
  return context.getValue(spanKey) as Span | undefined;
}

/** A context with another span. */
export function withSpan(context: Context, span: Pick<Span, "spanContext">): Context {
  return context.setValue(spanKey, span);
}

/** The active context without a span: what begins in it begins a trace. */
export function rootContext({ context }: RegisteredApi): Context {
  return context.active().deleteValue(spanKey);
}

/** The context that headers carry, as the registered propagator reads them. */
export function extract(
  api: RegisteredApi,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): Context {
  const getter = {
    get: (carrier: typeof headers, key: string) => carrier[key.toLowerCase()] as string | string[] | undefined,
    keys: (carrier: typeof headers) => Object.keys(carrier),
  };
  return api.propagation?.extract(rootContext(api), headers, getter) ?? rootContext(api);
}

/** Writes a context as headers, as the registered propagator does. @param set - Called for each header. */
export function inject(api: RegisteredApi, context: Context, set: (name: string, value: string) => void): void {
  api.propagation?.inject(context, set, { set: (carrier, name, value) => carrier(name, value) });
}

/** A context as it is kept with a run: in W3C's form, which is that of the SDK's default propagator. */
export function headersOf(api: RegisteredApi, context: Context): TraceHeaders | undefined {
  const headers: Partial<Record<string, string>> = {};
  inject(api, context, (name, value) => (headers[name] = value));
  const { traceparent, tracestate } = headers;
  return traceparent === undefined ? undefined : { traceparent, ...(tracestate ? { tracestate } : {}) };
}
