import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { matchPath } from "@appenv-internal/http/match-path";
import { pathSyntax } from "../src/http/router.ts";
import { TaskEnvironment } from "@appenv/core";
import { exposeTask, WebhookAppEnvironment } from "../src/index.ts";

const match = matchPath("/run-task/{domain}/{project}/{name}", pathSyntax);

test("a parameter is one segment, and what it says", () => {
  expect(match("/run-task/development/flytesnacks/shop.order")).toEqual({
    domain: "development",
    project: "flytesnacks",
    name: "shop.order",
  });
  expect(match("/run-task/d/p/%61")?.["name"]).toBe("a");
  expect(match("/run-task/d/p")).toBeUndefined();
  expect(match("/run-task/d/p/n/more")).toBeUndefined();
});

test.each([
  "",
  ".",
  "..",
  "...",
  "%2e%2e",
  "a%2fb",
  "..%2f..%2fme",
  "a%5cb",
  "a%00",
  "a%0d%0ab",
  "a b",
  "a%20b",
  "%",
  "%ff",
  "a?b",
  "a#b",
  "ä",
  "a".repeat(201),
])("%j is none", (segment) => {
  expect(match(`/run-task/d/p/${segment}`)).toBeUndefined();
});

test("the name of something every object has is a name like any other", () => {
  expect(match("/run-task/__proto__/constructor/toString")).toEqual({
    domain: "__proto__",
    project: "constructor",
    name: "toString",
  });
});

const asked = (method: string, url: string) => ({ method, url }) as IncomingMessage;

test("the route of a request is told, for its span", () => {
  const task = new TaskEnvironment({ name: "shop" }).task({ name: "pack" }, async () => {});
  const host = new WebhookAppEnvironment({ name: "operations" }).createHost();
  expect(host.routeOf?.(asked("GET", "/task/development/flytesnacks/shop.order?x"))).toBe(
    "/task/{domain}/{project}/{name}",
  );
  expect(host.routeOf?.(asked("GET", "/nowhere"))).toBeUndefined();
  expect(exposeTask(task).routeOf?.(asked("HEAD", "/pack/r1"))).toBe("/pack/{run}");
  expect(exposeTask(task).routeOf?.(asked("PUT", "/pack/r1"))).toBeUndefined();
});
