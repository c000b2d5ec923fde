import { expect, test } from "vitest";
import { matchPath } from "@appenv-internal/http/match-path";
import { pathSyntax } from "../src/http/router.ts";

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
