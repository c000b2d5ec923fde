import Fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { expect, it, onTestFinished, vi } from "vitest";
import { FastifyAppEnvironment } from "../src/index.ts";

const hidden = { statusCode: 500, error: "Internal Server Error", message: "Internal Server Error" };

function newApp(app?: FastifyInstance): FastifyInstance {
  return new FastifyAppEnvironment({ name: "errors", ...(app && { app }) }).app as unknown as FastifyInstance;
}

/** Collects what is written to stderr. */
function stderr(): () => string {
  const spy = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  onTestFinished(() => spy.mockRestore());
  return () => spy.mock.calls.join("");
}

function failing(app: FastifyInstance, error: unknown, status = 200): FastifyInstance {
  return app.get("/", async (_, reply) => {
    reply.code(status);
    throw error;
  });
}

function own(error: FastifyError, _: unknown, reply: { code(status: number): { send(body: unknown): void } }): void {
  reply.code(500).send({ mine: error.message ?? error });
}

async function answerOf(app: FastifyInstance): Promise<readonly [number, unknown]> {
  const response = await app.inject("/");
  return [response.statusCode, response.headers["content-type"]?.includes("json") ? response.json() : response.body];
}

it("the message of an unexpected error is not sent, whatever was thrown", async () => {
  const log = stderr();
  for (const error of [new Error("password 1234"), "password 1234", { message: "password 1234" }]) {
    expect(await answerOf(failing(newApp(), error))).toEqual([500, hidden]);
  }
  expect(await answerOf(failing(newApp(), new Error("password 1234"), 502))).toEqual([
    502,
    { statusCode: 502, error: "Bad Gateway", message: "Bad Gateway" },
  ]);
  expect(log().split("password 1234").length).toBeGreaterThan(4);
});

it("the app's logger has it, and then stderr has not", async () => {
  const log = stderr();
  const lines: string[] = [];
  const logger = { level: "error", stream: { write: (line: string) => void lines.push(line) } };
  expect(await answerOf(failing(newApp(Fastify({ logger })), new Error("password 1234")))).toEqual([500, hidden]);
  expect([lines.length, lines.join("").includes("password 1234"), log()]).toEqual([1, true, ""]);
});

it("errors with a status are sent as they are", async () => {
  const teapot = Object.assign(new Error("short and stout"), { statusCode: 418, code: "TEAPOT" });
  expect(await answerOf(failing(newApp(), teapot))).toEqual([
    418,
    { statusCode: 418, code: "TEAPOT", error: "I'm a Teapot", message: "short and stout" },
  ]);
  const busy = Object.assign(new Error("come back later"), { status: 503 });
  expect(await answerOf(failing(newApp(), busy))).toMatchObject([503, { message: "come back later" }]);
  expect(await answerOf(failing(newApp(), new Error("taken"), 409))).toMatchObject([409, { message: "taken" }]);
  expect(await answerOf(failing(newApp(), { statusCode: 418, own: "form" }))).toEqual([
    418,
    { statusCode: 418, own: "form" },
  ]);
});

it("an error handler of the user's gets every error, wherever it is set", async () => {
  const error = new Error("no luck");
  const before = newApp();
  before.setErrorHandler(own);
  const after = failing(newApp(), error);
  after.setErrorHandler(own);
  const route = newApp();
  route.get("/", { errorHandler: own as never }, () => Promise.reject(error));
  const scoped = newApp();
  scoped.register(async (scope) => void failing(scope, error).setErrorHandler(own));
  for (const app of [failing(before, error), after, route, scoped]) {
    expect(await answerOf(app)).toEqual([500, { mine: "no luck" }]);
    expect((await app.inject({ method: "HEAD", url: "/" })).headers["content-length"]).toBe("18");
  }
  const text = newApp();
  text.setErrorHandler(own);
  expect(await answerOf(failing(text, "just text"))).toEqual([500, { mine: "just text" }]);
});
