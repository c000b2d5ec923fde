import { route } from "@appenv/express";
import { Router } from "express";
import { z } from "zod";
import { Failure } from "../failures.ts";
import { byId, failure, item, newItem } from "../schemas.ts";
import { add, type Store } from "../store.ts";

/** Everything below `/items`. */
export function itemRoutes({ users, items }: Store): Router {
  const router = Router();
  const tags = ["Items"];
  const query = z.object({ q: z.string().default("").describe("Part of the name") });

  router.get(
    "/",
    route({ summary: "Look for items", tags, query, response: z.array(item) }, ({ query: { q } }) =>
      [...items.values()].filter(({ name }) => name.toLowerCase().includes(q.toLowerCase())),
    ),
  );

  router.post(
    "/",
    route(
      { summary: "Add an item", tags, body: newItem, response: { 201: item, 422: failure } },
      ({ body }, _request, response) => {
        if (!users.has(body.owner)) throw new Failure(422, `There is no user ${body.owner}.`);
        response.status(201);
        return add(items, body);
      },
    ),
  );

  router.delete(
    "/:id",
    route(
      { summary: "Remove an item", tags, params: byId, response: { 204: z.undefined(), 404: failure } },
      ({ params }, _request, response) => {
        if (!items.delete(params.id)) throw new Failure(404, `There is no item ${params.id}.`);
        response.status(204).end();
      },
    ),
  );

  return router;
}
