import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Express } from "express";
import { expect, it, onTestFinished } from "vitest";
import { routeOf } from "../src/routes/route-of.ts";

function greets(): express.Router {
  return express.Router().get("/:id", (_, response) => void response.end());
}

/** Sends requests to an app. @returns The route of each. */
async function routesOf(app: Express, ...paths: readonly string[]): Promise<readonly unknown[]> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    (app as (...args: unknown[]) => unknown)(request, response);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  for (const path of paths) await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  return seen.map((request) => routeOf(app, request));
}

it("tells mounts of the same router apart", async () => {
  const app = express();
  const items = greets();
  app.use("/items", items).use("/shops/:shop/items", items);
  expect(await routesOf(app, "/items/1", "/shops/7/items/2?x=/items/3")).toEqual([
    "/items/:id",
    "/shops/:shop/items/:id",
  ]);
});

it("knows apps below apps, and several paths of one route", async () => {
  const app = express();
  app.use("/inner", express().use("/things", greets()));
  app.get(["/a/:x", "/b{/:y}"], (_, response) => void response.end());
  expect(await routesOf(app, "/inner/things/1", "/a/1", "/b", "/b/2")).toEqual([
    "/inner/things/:id",
    "/a/:x",
    "/b{/:y}",
    "/b{/:y}",
  ]);
});

it("tells none for a pattern, for what a middleware answers, and where nothing does", async () => {
  const app = express();
  app.use("/closed", (_, response) => void response.status(401).end());
  app.get(/^\/p\d+$/, (_, response) => void response.end());
  expect(await routesOf(app, "/p1", "/closed/1", "/nowhere")).toEqual([undefined, undefined, undefined]);
});

it("finds routes that were added after others had been asked", async () => {
  const app = express().get("/one", (_, response) => void response.end());
  expect(await routesOf(app, "/one")).toEqual(["/one"]);
  app.use("/two", greets());
  expect(await routesOf(app, "/two/1")).toEqual(["/two/:id"]);
});
