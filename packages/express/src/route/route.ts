import { checkOptions, type OptionNames } from "@appenv/core/internal";
import type { Request, RequestHandler, Response } from "express";
import { define } from "./definitions.ts";
import type { HandlerInput, RouteDefinition, RouteHandler, TypedResponse } from "./definition.ts";
import { readBody } from "./read-body.ts";
import { createReader } from "./reader.ts";
import { createSender } from "./sender.ts";
import { sendInvalidRequest } from "./invalid-request.ts";

const names: OptionNames<RouteDefinition> = {
  params: true,
  query: true,
  headers: true,
  body: true,
  response: true,
  summary: true,
  description: true,
  tags: true,
  operationId: true,
  deprecated: true,
  hide: true,
};

/**
 * A handler for `app.get(...)`, `router.post(...)` and the like that checks requests and shapes responses by schemas, and
 * by which the route is described in `/openapi.json`, wherever its router is mounted.
 *
 * A request that does not fit is answered 400 (`application/problem+json`, naming each field). A response that does not
 * fit goes to the app's error handlers as an error with status 500; the client sees nothing of it.
 *
 * @example
 * router.get("/:id", route({ params: z.object({ id: z.coerce.number() }), response: { 200: todo } },
 *   async ({ params }) => findTodo(params.id)));
 */
export function route<const D extends RouteDefinition>(definition: D, handler: RouteHandler<D>): RequestHandler {
  checkOptions(definition, "route", names);
  const read = createReader(definition);
  const send = createSender(definition);
  const answer = (request: Request, response: Response): void | Promise<void> => {
    const outcome = read(request);
    if (outcome.invalid !== undefined) return sendInvalidRequest(response, outcome.invalid);
    const result = handler(outcome.input as HandlerInput<D>, request, response as TypedResponse<D>);
    return result instanceof Promise ? result.then((value) => send(response, value)) : send(response, result);
  };
  // Express sees what is thrown, at once or by the promise.
  const handle: RequestHandler = (request, response) => {
    const reading = definition.body === undefined ? undefined : readBody(request, response);
    if (reading === undefined) return answer(request, response);
    return reading.then((isJson) => {
      if (isJson) return answer(request, response);
      return sendInvalidRequest(response, [{ in: "body", path: "", message: "is no JSON" }]);
    });
  };
  define(handle, definition);
  return handle;
}
