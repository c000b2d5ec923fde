import { unexpected } from "@appenv/core/internal";
import { statusPhrase } from "@appenv-internal/http/status-phrase";
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";

/** The error that a client sees of one which nobody meant for it; that one is the cause, for Fastify's log. */
class UnexpectedError extends Error {
  override readonly name: string = "UnexpectedError";
}

/**
 * Keeps messages of unexpected errors from clients of a route, as long as Fastify's own error handler answers them. An
 * error handler of the user's, on the route or set on the instance before or after it, is left alone.
 */
export function hideUnexpected(instance: FastifyInstance, options: RouteOptions): void {
  // The HEAD route that Fastify adds has a copy of the options, in which the getter has become its value.
  if (options.errorHandler !== undefined && options.errorHandler !== answerUnexpected) return;
  // Fastify reads it when it has loaded the scope of the route, and takes the instance's error handler then too.
  Object.defineProperty(options, "errorHandler", {
    configurable: true,
    enumerable: true,
    get: () => (isFrameworkHandler(instance.errorHandler) ? answerUnexpected : undefined),
  });
}

/** True of the error handler that Fastify has where nobody has set one. */
export function isFrameworkHandler(handler: unknown): boolean {
  return (handler as { readonly name?: string }).name === "defaultErrorHandler";
}

/** Passes an error on to Fastify's error handler, or another error in its place. */
function answerUnexpected(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (isUnexpected(error, reply)) {
    // Without a logger nobody would ever see it.
    if (!("level" in reply.log)) unexpected("the app threw while it answered a request", error);
    const status = reply.statusCode >= 500 ? reply.statusCode : 500;
    reply.send(new UnexpectedError(statusPhrase(status) ?? "Error", { cause: error }));
  } else if (error instanceof Error) reply.send(error);
  else request.server.errorHandler(error as Error, request, reply);
}

/** True of an error without a status of its own, unless a status for it is set on the reply. */
function isUnexpected(error: unknown, { statusCode }: FastifyReply): boolean {
  const { statusCode: code, status = code } = (error ?? {}) as Record<"statusCode" | "status", unknown>;
  const isDeliberate = [code, status].some((given) => Number(given) >= 400 && Number(given) <= 599);
  return !isDeliberate && !(statusCode >= 400 && statusCode < 500);
}
