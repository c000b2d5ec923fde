import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { warmUp } from "../src/index.ts";

it("loads what Fastify loads with its first instance", async () => {
  const { cache } = createRequire(createRequire(import.meta.url).resolve("fastify"));
  const loaded = (): number => Object.keys(cache).filter((file) => file.includes("/ajv/")).length;
  expect(loaded()).toBe(0);
  await warmUp();
  expect(loaded()).toBeGreaterThan(10);
});
