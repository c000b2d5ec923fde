import { serve } from "@appenv/core";
import { HonoAppEnvironment } from "@appenv/hono";
import { validator } from "@appenv/hono/validator";
import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { z } from "zod";
import { answers, notFound } from "./answers.ts";
import { book, books, newBook, problem } from "./books.ts";

const app = new Hono();

export const env = new HonoAppEnvironment({
  name: "rest-api",
  app,
  description: "Books to be read, by their id",
  requiresAuth: false,
});

const id = z.object({ id: z.coerce.number().int() });
const filter = z.object({ author: z.string().optional().describe("Only books of this author") });
const missing = { 404: answers("There is no such book", problem, "application/problem+json") };

app.get(
  "/books",
  describeRoute({ summary: "All books", responses: { 200: answers("The books", z.array(book)) } }),
  validator("query", filter),
  (c) => {
    const { author } = c.req.valid("query");
    return c.json([...books.values()].filter((item) => author === undefined || item.author === author));
  },
);

app.post(
  "/books",
  describeRoute({ summary: "Add a book", responses: { 201: answers("The book with its id", book) } }),
  validator("json", newBook),
  (c) => {
    const added = { id: Math.max(0, ...books.keys()) + 1, ...c.req.valid("json") };
    books.set(added.id, added);
    return c.json(added, 201, { location: `/books/${added.id}` });
  },
);

app.get(
  "/books/:id",
  describeRoute({ summary: "One book", responses: { 200: answers("The book", book), ...missing } }),
  validator("param", id),
  (c) => {
    const found = books.get(c.req.valid("param").id);
    return found === undefined ? notFound(c) : c.json(found);
  },
);

app.put(
  "/books/:id",
  describeRoute({ summary: "Replace a book", responses: { 200: answers("The book", book), ...missing } }),
  validator("param", id),
  validator("json", newBook),
  (c) => {
    const replaced = { ...c.req.valid("param"), ...c.req.valid("json") };
    if (!books.has(replaced.id)) return notFound(c);
    books.set(replaced.id, replaced);
    return c.json(replaced);
  },
);

app.delete(
  "/books/:id",
  describeRoute({ summary: "Remove a book", responses: { 204: { description: "It is removed" }, ...missing } }),
  validator("param", id),
  (c) => (books.delete(c.req.valid("param").id) ? c.body(null, 204) : notFound(c)),
);

if (import.meta.main) console.log((await serve(env)).endpoint);
