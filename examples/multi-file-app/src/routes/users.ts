import { route } from "@appenv/express";
import { Router } from "express";
import { z } from "zod";
import { Failure } from "../failures.ts";
import { byId, failure, item, newUser, user } from "../schemas.ts";
import { add, type Store } from "../store.ts";

/** Everything below `/users`. */
export function userRoutes({ users, items }: Store): Router {
  const router = Router();
  const tags = ["Users"];
  const find = (id: number) => users.get(id) ?? fail(`There is no user ${id}.`);

  router.get(
    "/",
    route({ summary: "All users", tags, response: z.array(user) }, () => [...users.values()]),
  );

  router.post(
    "/",
    route({ summary: "Add a user", tags, body: newUser, response: { 201: user } }, ({ body }, _request, response) => {
      response.status(201);
      return add(users, { ...body, passwordHash: "" });
    }),
  );

  router.get(
    "/:id",
    route({ summary: "One user", tags, params: byId, response: { 200: user, 404: failure } }, ({ params }) =>
      find(params.id),
    ),
  );

  router.get(
    "/:id/items",
    route(
      { summary: "What a user owns", tags, params: byId, response: { 200: z.array(item), 404: failure } },
      ({ params }) => {
        const { id } = find(params.id);
        return [...items.values()].filter(({ owner }) => owner === id);
      },
    ),
  );

  return router;
}

function fail(message: string): never {
  throw new Failure(404, message);
}
