import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { AppEnvironment } from "../src/index.ts";
import { makeEnvironment } from "./fixtures/factory.ts";

const here = fileURLToPath(import.meta.url);

test("it is the file whose code constructs the environment", () => {
  expect(new AppEnvironment({ name: "app" }).declaredIn).toBe(here);
  expect([1].map(() => new AppEnvironment({ name: "app" }))[0]?.declaredIn).toBe(here);
});

test("a factory's environments are declared in the factory", () => {
  expect(makeEnvironment().declaredIn).toBe(fileURLToPath(new URL("fixtures/factory.ts", import.meta.url)));
});

test("a subclass in the same file and a clone are declared here too", () => {
  class Adapter extends AppEnvironment {}
  const environment = new Adapter({ name: "app" });
  expect(environment.declaredIn).toBe(here);
  expect(environment.cloneWith({ name: "copy" }).declaredIn).toBe(here);
});

test("an adapter's own file is not the declaring one", async () => {
  const { FastifyAppEnvironment } = await import("../../fastify/src/index.ts");
  expect(new FastifyAppEnvironment({ name: "app" }).declaredIn).toBe(here);
});
