import { serveForTest } from "@appenv-internal/conformance";
import { Hono } from "hono";
import { describeRoute, resolver, validator as original } from "hono-openapi";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { HonoAppEnvironment } from "../src/index.ts";
import { validator } from "../src/validator.ts";

const note = z.object({ text: z.string().transform((text) => text.trim()), rest: z.json() }).meta({ id: "Note" });

const address = z
  .string()
  .refine((text) => new URL(text).protocol === "https:")
  .transform((text) => text.length);

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

beforeEach(() => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});

afterEach(() => {
  vi.restoreAllMocks();
});

async function serve(app: Hono) {
  const { fetch } = await serveForTest(new HonoAppEnvironment({ name: "notes", app, requiresAuth: false }));
  return async (body: string, path = "/"): Promise<readonly [number, unknown]> => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(path, { method: "POST", headers, body });
    const text = await response.text();
    return [response.status, response.headers.get("content-type") === "application/json" ? JSON.parse(text) : text];
  };
}

test("input over which the schema throws is answered 400 as other input that does not fit", async () => {
  const app = new Hono().onError((_error, c) => c.text("a mistake of the app", 500));
  app.post("/", validator("json", note), (c) => c.json(c.req.valid("json").text));
  app.post("/addresses", validator("json", z.object({ address })), (c) => c.json(c.req.valid("json").address));
  const send = await serve(app);

  expect(await send('{"text":" hi ","rest":{}}')).toEqual([200, "hi"]);
  expect(await send('{"text":1,"rest":{}}')).toEqual([
    400,
    { success: false, data: { text: 1, rest: {} }, error: [expect.objectContaining({ path: ["text"] })] },
  ]);
  const tooDeep = { message: "Invalid input: nested too deeply", path: [] };
  expect(await send(`{"text":"hi","rest":${nested(50_000)}}`)).toEqual([
    400,
    { success: false, data: null, error: [tooDeep] },
  ]);

  expect(await send('{"address":"https://a.example"}', "/addresses")).toEqual([200, 17]);
  const failed = { message: "Invalid input: the check of it failed", path: [], code: "custom" };
  expect(await send('{"address":"nowhere"}', "/addresses")).toEqual([
    400,
    { success: false, data: { address: "nowhere" }, error: [failed] },
  ]);
});

test("a hook is told of it, and what a hook throws is the app's own", async () => {
  const app = new Hono().onError((error, c) => c.text(error.message, 418));
  app.post(
    "/",
    validator("json", note, (result, c) => (result.success ? undefined : c.text(result.error[0]!.message, 422))),
    (c) => c.json(c.req.valid("json")),
  );
  app.post(
    "/throws",
    validator("json", note, (result) => {
      if (!result.success) throw new Error("the hook's own");
    }),
    (c) => c.json(c.req.valid("json")),
  );
  const send = await serve(app);
  expect(await send(`{"text":"hi","rest":${nested(50_000)}}`)).toEqual([422, "Invalid input: nested too deeply"]);
  expect(await send("{}", "/throws")).toEqual([418, "the hook's own"]);
});

function documentWith(check: typeof validator): unknown {
  const app = new Hono();
  const content = { "application/json": { schema: resolver(z.object({ id: z.int() })) } };
  const described = describeRoute({ responses: { 200: { description: "The note", content } } });
  app.post("/:id", described, check("param", z.object({ id: z.coerce.number() })), check("json", note), (c) =>
    c.json(c.req.valid("param")),
  );
  return new HonoAppEnvironment({ name: "notes", app }).createHost().openapi!();
}

test("it is described as the validator of hono-openapi is", async () => {
  expect(await documentWith(validator)).toEqual(await documentWith(original));
});
