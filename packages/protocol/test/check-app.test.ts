import { expect, test } from "vitest";
import type { AppDefinition, AppId } from "../src/index.ts";
import { checkApp } from "../src/internal.ts";

const id: AppId = { project: "p", domain: "d", name: "my-app" };
const app: AppDefinition = {
  launch: { kind: "image", image: "run", command: [], args: [] },
  port: 8080,
  envVars: {},
  secrets: [],
  resources: [{ name: "cpu", request: "500m", limit: "1" }],
  replicas: { min: 0, max: 1 },
  requestTimeoutMs: 3_600_000,
  requiresAuth: true,
  links: [],
  clusterPool: "default",
  desiredState: "active",
};

test("a right app has nothing wrong", () => {
  expect(checkApp(id, app)).toBeUndefined();
});

test.each([
  ["a name of 31 letters", { name: "x".repeat(31) }, {}, "at most 30"],
  ["a name with an edge hyphen", { name: "app-" }, {}, "at most 30"],
  ["no project", { project: "" }, {}, "no project"],
  ["port 0", {}, { port: 0 }, "port 0"],
  ["a timeout above an hour", {}, { requestTimeoutMs: 3_600_001 }, "at most 3600 s"],
  ["a negative timeout", {}, { requestTimeoutMs: -1 }, "at most 3600 s"],
  ["replicas the wrong way round", {}, { replicas: { min: 2, max: 1 } }, "[2, 1]"],
  ["a metric of 0", {}, { metric: { concurrency: 0 } }, "at least 1"],
  ["a bad quantity", {}, { resources: [{ name: "memory", request: "1Gi", limit: "lots" }] }, "memory 'lots'"],
] as const)("%s is wrong", (_, wrongId, wrong, message) => {
  expect(checkApp({ ...id, ...wrongId }, { ...app, ...(wrong as Partial<AppDefinition>) })).toContain(message);
});
