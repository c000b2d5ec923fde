import { serveExample } from "@appenv-internal/conformance";
import { expect, test } from "vitest";

const file = new URL("app.ts", import.meta.url);

test("multi-file-app answers through its routers, shapes what it sends, and describes all of it", async () => {
  const { endpoint, stop } = await serveExample(file);
  const send = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    const content = { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(`${endpoint}${path}`, { method, ...(body === undefined ? {} : content) });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
  };

  expect(await send("GET", "/users")).toEqual({ status: 200, body: [{ id: 1, name: "Ada" }] });
  expect(await send("POST", "/users", { name: "Grace" })).toEqual({ status: 201, body: { id: 2, name: "Grace" } });
  expect((await send("POST", "/items", { name: "Compiler", owner: 2 })).status).toBe(201);
  expect((await send("GET", "/users/2/items")).body).toEqual([{ id: 2, name: "Compiler", owner: 2 }]);
  expect((await send("GET", "/items?q=ENG")).body).toMatchObject([{ name: "Engine" }]);
  expect((await send("DELETE", "/items/1")).status).toBe(204);

  expect(await send("GET", "/users/9")).toEqual({ status: 404, body: { error: "There is no user 9." } });
  expect(await send("POST", "/items", { name: "Lost", owner: 9 })).toMatchObject({ status: 422 });
  const refused = await send("POST", "/users", { name: 1 });
  expect(refused).toMatchObject({
    status: 400,
    body: { code: "INVALID_REQUEST", errors: [{ in: "body", path: "/name" }] },
  });

  const { body: document } = (await send("GET", "/openapi.json")) as { body: { paths: object } };
  const paths = ["/users", "/users/{id}", "/users/{id}/items", "/items", "/items/{id}", "/health"];
  expect(Object.keys(document.paths)).toEqual(paths);
  expect(await stop()).toBe(0);
});
