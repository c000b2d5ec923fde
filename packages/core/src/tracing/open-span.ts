import type { Attributes, Context, Span } from "@opentelemetry/api";
import { extract, headersOf, inject, registeredApi, rootContext, spanOf, withSpan } from "./registered.ts";
import type { RegisteredApi } from "./registered.ts";
import type { TraceHeaders } from "./trace-headers.ts";

/** The numbers of `SpanKind` in `@opentelemetry/api`. */
const kinds = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 } as const;
/** `SpanStatusCode.ERROR`. */
const failed = 2;

/** A span that is about to begin. */
export interface SpanStart {
  readonly name: string;
  readonly kind: keyof typeof kinds;
  readonly attributes: SpanAttributes;
  /**
   * Headers of the span above, which is in another process; `none`: it begins a trace. Default: the span that is active
   * here.
   */
  readonly above?: Readonly<Record<string, string | readonly string[] | undefined>> | TraceHeaders | "none";
  /** Milliseconds since 1970. Default: now. */
  readonly startedAt?: number;
}

/** Attributes of a span; those that are undefined are left out. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A span that has begun. */
export class OpenSpan {
  readonly #api: RegisteredApi;
  readonly #span: Span;
  readonly #context: Context;

  constructor(api: RegisteredApi, span: Span, context: Context) {
    // An SDK may be taken away while the span is open, as one does that is shut down.
    this.#api = { ...api };
    this.#span = span;
    this.#context = context;
  }

  /** Its context, for what it leads to elsewhere. */
  get trace(): TraceHeaders | undefined {
    return headersOf(this.#api, this.#context);
  }

  /** Runs a function, and all that it starts, in the span. */
  run<T>(code: () => T): T {
    return this.#api.context.with(this.#context, code);
  }

  /** Writes its context into headers of a request. */
  inject(headers: Headers): void {
    inject(this.#api, this.#context, (name, value) => headers.set(name, value));
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes(attributes as Attributes);
  }

  /** Gives it another name than the one it began with. */
  rename(name: string): void {
    this.#span.updateName(name);
  }

  /** Says that it failed. @param type - A short word, by which failures are counted. */
  fail(type: string, message: string): void {
    this.#span.setAttributes({ "error.type": type });
    this.#span.setStatus({ code: failed, message });
  }

  /** The same, with an error that was thrown. */
  throws(error: unknown): void {
    if (!(error instanceof Error)) return this.fail("thrown", String(error));
    const { name, message, stack = "" } = error;
    const { code } = error as { readonly code?: unknown };
    this.failWith({ code: typeof code === "string" ? code : name, message, stack });
  }

  /** The same, with an error as it is kept. */
  failWith({
    code,
    message,
    stack,
  }: {
    readonly code: string;
    readonly message: string;
    readonly stack: string | undefined;
  }): void {
    this.#span.recordException({ name: code, message, ...(stack === undefined ? {} : { stack }) });
    this.fail(code, message);
  }

  /** @param at - Milliseconds since 1970. Default: now. */
  end(at?: number): void {
    this.#span.end(at);
  }
}

/** True if an SDK is registered, so that spans are made. */
export function isTraced(): boolean {
  return registeredApi() !== undefined;
}

/** True if a span is active, such as that of an instrumentation of `node:http`. */
export function hasActiveSpan(): boolean {
  const api = registeredApi();
  return api !== undefined && spanOf(api.context.active()) !== undefined;
}

/** Begins a span; undefined if no SDK is registered: then it costs the look at one global variable. @param start - Called only if one is. */
export function openSpan(start: () => SpanStart): OpenSpan | undefined {
  const api = registeredApi();
  if (api === undefined) return undefined;
  const { name, kind, attributes, above, startedAt } = start();
  const parent =
    above === undefined ? api.context.active() : above === "none" ? rootContext(api) : extract(api, { ...above });
  const options = {
    kind: kinds[kind],
    attributes: attributes as Attributes,
    ...(startedAt === undefined ? {} : { startTime: startedAt }),
  };
  const span = api.trace.getTracer("appenv").startSpan(name, options, parent);
  return new OpenSpan(api, span, withSpan(parent, span));
}

/** Runs a function in a span, which ends with it. Without an SDK it just runs. */
export function inSpan<T>(start: () => SpanStart, run: (span: OpenSpan | undefined) => Promise<T>): Promise<T> {
  const span = openSpan(start);
  return span === undefined ? run(undefined) : ended(span, () => run(span));
}

async function ended<T>(span: OpenSpan, run: () => Promise<T>): Promise<T> {
  try {
    return await span.run(run);
  } catch (error) {
    span.throws(error);
    throw error;
  } finally {
    span.end();
  }
}

/**
 * Has the SDK send the spans that it still holds: to be called before a process ends. Never rejects.
 *
 * @param limitMs - Time that it has, in milliseconds. Default 2,000.
 */
export async function flushSpans(limitMs: number = 2_000): Promise<void> {
  const provider = registeredApi()?.trace as
    | (Partial<Flushed> & { readonly getDelegate?: () => Partial<Flushed> })
    | undefined;
  const flushed = provider?.getDelegate?.() ?? provider;
  if (flushed?.forceFlush === undefined) return;
  const limit = AbortSignal.timeout(limitMs);
  const over = new Promise<void>((resolve) => limit.addEventListener("abort", () => resolve()));
  await Promise.race([flushed.forceFlush(), over]).catch(() => {});
}

/** The provider of every SDK has this; the API does not ask for it. */
interface Flushed {
  forceFlush(): Promise<void>;
}
