import { serveForTest } from "@appenv-internal/conformance";
import express, { type ErrorRequestHandler, type Express } from "express";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ExpressAppEnvironment, route } from "../src/index.ts";

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
}

/** Serves the app and sends it one request. */
async function ask(app: Express, path: string, init: RequestInit = {}): Promise<Answer> {
  const served = await serveForTest(new ExpressAppEnvironment({ name: "routes", app, requiresAuth: false }));
  const response = await served.fetch(path, init);
  const text = await response.text();
  const type = response.headers.get("content-type");
  return { status: response.status, type, body: type?.includes("json") ? JSON.parse(text) : text };
}

function posted(body: unknown): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** An app whose error handler keeps what it gets. */
function watched(): { readonly app: Express; readonly errors: Error[]; readonly watch: () => void } {
  const app = express();
  const errors: Error[] = [];
  const handler: ErrorRequestHandler = (error: Error & { status?: number }, _request, response, _next) => {
    errors.push(error);
    response.status(error.status ?? 500).json({ message: error.message });
  };
  return { app, errors, watch: () => void app.use(handler) };
}

describe("a request", () => {
  it("reaches the handler as the schemas' output", async () => {
    const app = express();
    app.post(
      "/items/:id",
      route(
        {
          params: z.object({ id: z.coerce.number() }),
          query: z.object({ limit: z.coerce.number().default(10) }),
          headers: z.object({ "x-tenant": z.string() }),
          body: z.object({ at: z.iso.datetime().transform((text) => new Date(text)) }),
        },
        ({ params, query, headers, body }) => ({
          id: params.id + 1,
          limit: query.limit,
          tenant: headers["x-tenant"],
          year: body.at.getUTCFullYear(),
        }),
      ),
    );
    const init = posted({ at: "2026-05-01T00:00:00Z", more: 1 });
    const headers = { ...(init.headers as Record<string, string>), "x-tenant": "blue" };
    const { body } = await ask(app, "/items/7", { ...init, headers });
    expect(body).toEqual({ id: 8, limit: 10, tenant: "blue", year: 2026 });
  });

  it("that does not fit is answered 400 as a problem that names every place", async () => {
    const app = express();
    const body = z.object({ name: z.string(), tags: z.array(z.object({ label: z.string() })) });
    app.post(
      "/",
      route({ query: z.object({ page: z.coerce.number() }), body }, () => "never"),
    );
    const answer = await ask(app, "/?page=one", posted({ name: 1, tags: [{}] }));
    expect(answer.status).toBe(400);
    expect(answer.type).toMatch(/^application\/problem\+json/);
    expect(answer.body).toMatchObject({ type: "about:blank", title: "Bad Request", code: "INVALID_REQUEST" });
    expect(answer.body).toMatchObject({
      errors: [
        { in: "query", path: "/page" },
        { in: "body", path: "/name" },
        { in: "body", path: "/tags/0/label" },
      ],
    });
    expect((answer.body as { detail: string }).detail).toContain("body/name: Invalid input: expected string");
  });

  it("keeps what Express gives to other handlers as it is", async () => {
    const app = express();
    app.get(
      "/:id",
      route({ params: z.object({ id: z.coerce.number() }) }, ({ params }, request) => [params.id, request.params]),
    );
    expect((await ask(app, "/5")).body).toEqual([5, { id: "5" }]);
  });

  it("may have a body that was read before", async () => {
    const app = express();
    app.use(express.json({ limit: "1mb" }), express.urlencoded());
    app.post(
      "/",
      route({ body: z.object({ text: z.string() }) }, ({ body }) => body.text.length),
    );
    expect((await ask(app, "/", posted({ text: "x".repeat(200_000) }))).body).toBe(200_000);
    expect((await ask(app, "/", { method: "POST", body: new URLSearchParams({ text: "form" }) })).body).toBe(4);
  });

  it("without a body, or with one that is no JSON, is answered 400", async () => {
    const { app, errors, watch } = watched();
    app.post(
      "/",
      route({ body: z.object({}) }, () => "never"),
    );
    watch();
    expect(await ask(app, "/", { method: "POST" })).toMatchObject({ status: 400, body: { errors: [{ in: "body" }] } });
    expect((await ask(app, "/", { method: "POST", body: "text" })).status).toBe(400);
    const broken = { method: "POST", headers: { "content-type": "application/json" }, body: "{" };
    expect(await ask(app, "/", broken)).toMatchObject({
      status: 400,
      body: { code: "INVALID_REQUEST", errors: [{ in: "body", path: "", message: "is no JSON" }] },
    });
    expect(errors).toEqual([]);
  });

  it("is checked by any library that follows Standard Schema", async () => {
    const query = { "~standard": { version: 1, vendor: "another", validate: isOk as never } };
    const app = express();
    app.get(
      "/",
      route({ query }, ({ query: value }) => ({ value })),
    );
    expect((await ask(app, "/?ok=yes")).body).toEqual({ value: "fine" });
    expect((await ask(app, "/?ok=no")).body).toMatchObject({ detail: "query/ok: must be ok" });
  });
});

describe("a response", () => {
  const shaped = z.object({ id: z.number() });

  it("has only what the schema of its status names", async () => {
    const app = express();
    const leaky = { id: 1, password: "secret" };
    app.get(
      "/one",
      route({ response: shaped }, () => leaky),
    );
    app.get(
      "/created",
      route({ response: { 201: shaped } }, async (_input, _request, response) => {
        response.status(201);
        return leaky;
      }),
    );
    app.get(
      "/missing",
      route({ response: { 200: shaped, "4xx": z.object({ reason: z.string() }) } }, (_input, _request, response) => {
        response.status(404);
        return { ...leaky, reason: "gone" };
      }),
    );
    expect(await ask(app, "/one")).toMatchObject({ status: 200, body: { id: 1 } });
    expect(await ask(app, "/created")).toEqual({ status: 201, type: expect.any(String), body: { id: 1 } });
    expect(await ask(app, "/missing")).toEqual({ status: 404, type: expect.any(String), body: { reason: "gone" } });
  });

  it("is encoded by codecs, and dates are written as texts", async () => {
    const amount = z.codec(z.string(), z.number(), { decode: Number, encode: String });
    const app = express();
    app.get(
      "/",
      route({ response: z.object({ amount, at: z.date() }) }, () => ({ amount: 12, at: new Date(0) })),
    );
    expect((await ask(app, "/")).body).toEqual({ amount: "12", at: "1970-01-01T00:00:00.000Z" });
  });

  it("that does not fit is an error for the app's error handlers, which tells the client nothing", async () => {
    const { app, errors, watch } = watched();
    const balance = route({ response: z.object({ balance: z.number() }) }, () => ({ balance: "private" }) as never);
    const undeclared = route({ response: { 200: shaped } }, (_input, _request, response) => {
      response.status(202);
      return { id: 1 };
    });
    const throwing = z.object({ id: z.number().overwrite(() => fail("private")) });
    app.get("/", balance);
    app.get("/undeclared", undeclared);
    app.get(
      "/throwing",
      route({ response: throwing }, () => ({ id: 1 })),
    );
    watch();
    const told = { status: 500, body: { message: "The response does not match the schema of its route" } };
    expect(await ask(app, "/")).toMatchObject(told);
    expect(await ask(app, "/undeclared")).toMatchObject(told);
    expect(await ask(app, "/throwing")).toMatchObject(told);
    const reasons = errors.map(({ cause }) => (cause as Error).message);
    expect(reasons).toEqual([
      "/balance: Invalid input: expected number, received string",
      "there is no schema for status 202",
      "the whole: Invalid input: the check of it failed",
    ]);
  });

  it("may be the handler's own matter", async () => {
    const app = express();
    app.get(
      "/empty",
      route({ response: shaped }, (_input, _request, response) => void response.status(204).end()),
    );
    app.get(
      "/later",
      route({}, (_input, _request, response) => void setImmediate(() => response.send("later"))),
    );
    expect(await ask(app, "/empty")).toEqual({ status: 204, type: null, body: "" });
    expect(await ask(app, "/later")).toMatchObject({ status: 200, body: "later" });
  });

  it("of a handler that throws or rejects goes to the app's error handlers", async () => {
    const { app, errors, watch } = watched();
    app.get(
      "/throws",
      route({ response: shaped }, () => fail("thrown")),
    );
    app.post(
      "/rejects",
      route({ body: z.object({}) }, async () => fail("rejected")),
    );
    watch();
    expect((await ask(app, "/throws")).status).toBe(500);
    expect((await ask(app, "/rejects", posted({}))).status).toBe(500);
    expect(errors.map(({ message }) => message)).toEqual(["thrown", "rejected"]);
  });
});

it("is typed by its schemas", () => {
  const definition = { params: z.object({ id: z.coerce.number() }), response: { 200: z.object({ id: z.number() }) } };
  route(definition, ({ params }) => ({ id: params.id }));
  // @ts-expect-error The schema of the response has a number there.
  route(definition, () => ({ id: "text" }));
  // @ts-expect-error There is no schema of the body.
  route(definition, ({ body }) => body);
  // @ts-expect-error What is sent beside the schema would not be checked.
  route(definition, (_input, _request, response) => void response.json({ id: 1 }));
  expect(() => route(definition, () => undefined)).not.toThrow();
});

function isOk(value: unknown): object {
  const { ok } = value as { ok?: unknown };
  return ok === "yes" ? { value: "fine" } : { issues: [{ message: "must be ok", path: ["ok"] }] };
}

function fail(message: string): never {
  throw new Error(message);
}
