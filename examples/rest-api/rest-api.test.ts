import { serveExample } from "@appenv-internal/conformance";
import { expect, test } from "vitest";

const file = new URL("rest-api.ts", import.meta.url);

test("rest-api adds, shows, replaces and removes books, refuses bad ones, and describes itself", async () => {
  const { endpoint, stop } = await serveExample(file);
  const send = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    const content = { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(`${endpoint}${path}`, { method, ...(body === undefined ? {} : content) });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  const dune = { title: "Dune", author: "Frank Herbert", pages: 412 };

  expect(await send("POST", "/books", dune)).toEqual({ status: 201, body: { id: 1, ...dune, read: false } });
  await send("POST", "/books", { title: "Emma", author: "Jane Austen" });
  expect((await send("GET", "/books")).body).toHaveLength(2);
  expect((await send("GET", "/books?author=Jane%20Austen")).body).toMatchObject([{ id: 2, title: "Emma" }]);
  expect((await send("PUT", "/books/1", { ...dune, read: true })).body).toMatchObject({ id: 1, read: true });
  expect((await send("GET", "/books/1")).body).toMatchObject({ read: true });

  const refused = await send("POST", "/books", { ...dune, pages: "many" });
  expect(refused).toMatchObject({ status: 400, body: { error: [{ path: ["pages"] }] } });
  expect((await send("GET", "/books/first")).status).toBe(400);

  expect((await send("DELETE", "/books/1")).status).toBe(204);
  expect(await send("DELETE", "/books/1")).toMatchObject({ status: 404, body: { title: "Not Found" } });

  const { body: document } = (await send("GET", "/openapi.json")) as { body: { paths: object; components: object } };
  expect(Object.keys(document.paths)).toEqual(["/books", "/books/{id}", "/health"]);
  expect(document.components).toMatchObject({ schemas: { Book: {}, NewBook: {}, NotFound: {} } });
  expect(await stop()).toBe(0);
});
