import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { type AppEnvironment } from "@appenv/core";
import { requestContext, runInRequest, type RequestContext } from "@appenv/core/internal";
import type { Admission } from "./auth/auth.ts";

/** What an app's handlers need to know of requests. */
export class Scoping {
  /** Whether it depends on others, to whom its traces go on. */
  readonly #calls: boolean;
  readonly #passThrough: boolean;

  constructor({ dependsOn, auth }: AppEnvironment) {
    this.#calls = dependsOn.length > 0;
    this.#passThrough = auth.passThrough;
  }

  /** What handlers can ask of a request; undefined if there is nothing to ask, so that such a request costs nothing. */
  scopeOf({ headers }: IncomingMessage, { identity }: Admission): RequestContext | undefined {
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
 * Runs a function in a scope, and whatever listens to the emitter. What comes in on a connection is read in the scope
 * in which the connection was opened, not in that of the request it belongs to.
 */
export function runScoped(scope: RequestContext, emitter: EventEmitter | undefined, run: () => void): void {
  if (emitter !== undefined) bindEvents(emitter, scope);
  runInRequest(scope, run);
}

function bindEvents(emitter: EventEmitter, scope: RequestContext): void {
  const { emit } = emitter;
  emitter.emit = function emitInScope(this: EventEmitter, ...args: Parameters<EventEmitter["emit"]>): boolean {
    const send = (): boolean => Reflect.apply(emit, this, args) as boolean;
    return requestContext() === scope ? send() : runInRequest(scope, send);
  } as EventEmitter["emit"];
}
