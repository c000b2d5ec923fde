import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AppEnvironment } from "@appenv/core";
import { requestContext, runInRequest, type RequestContext } from "@appenv/core/internal";
import type { Credential } from "./auth/credential.ts";

/** Makes the contexts of an app's requests: the answers to `identity()`, and the headers that its own calls pass on. */
export class RequestContexts {
  /** True if the app depends on others, to which its traces are passed on. */
  readonly #calls: boolean;
  readonly #passThrough: boolean;

  constructor({ dependsOn, auth }: AppEnvironment) {
    this.#calls = dependsOn.length > 0;
    this.#passThrough = auth.passThrough;
  }

  /** The context of a request; undefined if handlers can ask nothing about it, so that such a request costs nothing. */
  contextOf({ headers }: IncomingMessage, { identity }: Credential): RequestContext | undefined {
    const traceparent = this.#calls ? headers["traceparent"] : undefined;
    const trace = typeof traceparent === "string" ? traceOf(traceparent, headers["tracestate"]) : undefined;
    if (this.#passThrough) return { identity, trace, caller: { authorization: headers.authorization } };
    return identity === undefined && trace === undefined ? undefined : { identity, trace };
  }
}

function traceOf(traceparent: string, tracestate: unknown): RequestContext["trace"] {
  return { traceparent, tracestate: typeof tracestate === "string" ? tracestate : undefined };
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
