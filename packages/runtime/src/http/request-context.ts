import type { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AppEnvironment, AppHost } from "@appenv/core";
import {
  hasActiveSpan,
  isTraced,
  nameRoute,
  openSpan,
  requestContext,
  requestSpan,
  runInRequest,
  statusAttributes,
  type OpenSpan,
  type RequestContext,
} from "@appenv/core/internal";
import { report } from "../replica/app/report.ts";
import { takeWait, tellWait } from "./cold-start.ts";
import type { Credential } from "./auth/credential.ts";
import { rareHeader } from "./request-head.ts";

/** Makes the contexts of an app's requests: the answers to `identity()`, and the trace that its own calls pass on. */
export class RequestContexts {
  readonly #app: string;
  readonly #passThrough: boolean;

  constructor({ name, auth }: AppEnvironment) {
    this.#app = name;
    this.#passThrough = auth.passThrough;
  }

  /** The context of a request; undefined if handlers can ask nothing about it, so that such a request costs nothing. */
  contextOf(request: IncomingMessage, { identity }: Credential): RequestContext | undefined {
    const traceparent = rareHeader(request, "traceparent");
    const trace = typeof traceparent === "string" ? traceOf(traceparent, request.headers["tracestate"]) : undefined;
    const span = isTraced() ? this.#open(request) : undefined;
    if (!this.#passThrough && identity === undefined && trace === undefined && span === undefined) return undefined;
    return {
      identity,
      trace,
      ...(span === undefined ? {} : { span }),
      ...(this.#passThrough ? { caller: { authorization: request.headers.authorization } } : {}),
    };
  }

  /** An instrumentation of `node:http` has made one already. */
  #open(request: IncomingMessage): OpenSpan | undefined {
    if (hasActiveSpan()) return undefined;
    const wait = takeWait(request.socket);
    const span = openSpan(() => requestSpan(this.#app, request, wait?.since));
    if (wait !== undefined && span !== undefined) tellWait(this.#app, wait, span);
    return span;
  }
}

function traceOf(traceparent: string, tracestate: unknown): RequestContext["trace"] {
  return { traceparent, tracestate: typeof tracestate === "string" ? tracestate : undefined };
}

/** The app or the extension that takes a request: it knows the route. */
type Taker = Pick<AppHost, "routeOf">;

/** Ends the span of a request with its response. */
export function endWith(response: ServerResponse, request: IncomingMessage, taker: Taker, span: OpenSpan): void {
  response.once("close", () => {
    const { statusCode: status, writableFinished } = response;
    tellRoute(span, taker, request);
    span.set(statusAttributes(status));
    if (!writableFinished) span.fail("closed", "The connection was closed before the response was sent.");
    else if (status >= 500) span.fail(String(status), "");
    span.end();
  });
}

/** Ends the span of an upgrade, as soon as the app has it: a socket may be open for days. */
export function endUpgrade(request: IncomingMessage, taker: Taker, span: OpenSpan): void {
  tellRoute(span, taker, request);
  span.set(statusAttributes(101));
  span.end();
}

function tellRoute(span: OpenSpan, taker: Taker, request: IncomingMessage): void {
  try {
    const route = taker.routeOf?.(request);
    if (route !== undefined) nameRoute(span, request.method, route);
  } catch (error) {
    report("the route of a request could not be told", error);
  }
}

/**
 * Runs a function in a context, and every listener of the emitter. Node reads what arrives on a connection in the context
 * in which the connection was opened, not in that of the request it belongs to.
 */
export function runInContext(context: RequestContext, emitter: EventEmitter | undefined, run: () => void): void {
  if (emitter !== undefined) bindEvents(emitter, context);
  runInRequest(context, run);
}

function bindEvents(emitter: EventEmitter, context: RequestContext): void {
  const { emit } = emitter;
  emitter.emit = function emitInContext(this: EventEmitter, ...args: Parameters<EventEmitter["emit"]>): boolean {
    const send = (): boolean => Reflect.apply(emit, this, args) as boolean;
    return requestContext() === context ? send() : runInRequest(context, send);
  } as EventEmitter["emit"];
}
