import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { requestScope, runInRequest, type RequestScope } from "@appenv/core";
import type { Admission } from "./auth.ts";

/**
 * What handlers can ask of a request; undefined if there is nothing to ask, so that such a request costs nothing.
 *
 * @param calls - Whether the app calls others, to whom its traces go on.
 */
export function scopeOf(
  { headers }: IncomingMessage,
  { identity }: Admission,
  calls: boolean,
): RequestScope | undefined {
  const traceparent = calls ? headers["traceparent"] : undefined;
  if (identity === undefined && typeof traceparent !== "string") return undefined;
  const { tracestate } = headers;
  const trace =
    typeof traceparent === "string"
      ? { traceparent, tracestate: typeof tracestate === "string" ? tracestate : undefined }
      : undefined;
  return { identity, trace };
}

/**
 * Runs a function in a scope, and whatever listens to the emitter. What comes in on a connection is read in the scope
 * in which the connection was opened, not in that of the request it belongs to.
 */
export function runScoped(scope: RequestScope, emitter: EventEmitter | undefined, run: () => void): void {
  if (emitter !== undefined) bindEvents(emitter, scope);
  runInRequest(scope, run);
}

function bindEvents(emitter: EventEmitter, scope: RequestScope): void {
  const { emit } = emitter;
  emitter.emit = function emitInScope(this: EventEmitter, ...args: Parameters<EventEmitter["emit"]>): boolean {
    const send = (): boolean => Reflect.apply(emit, this, args) as boolean;
    return requestScope() === scope ? send() : runInRequest(scope, send);
  } as EventEmitter["emit"];
}
