import { expect, it } from "vitest";
import type { AdapterUnderTest } from "./adapter-under-test.ts";
import { json, start } from "./start.ts";
import { whenAble } from "./when-able.ts";

/** zod schemas of a route. */
export function validationTests(adapter: AdapterUnderTest): void {
  whenAble(adapter.abilities.shaping, "shapes a response: what its schema does not name is not sent", async () => {
    const app = await start(adapter);
    const response = await app.fetch("/orders", json({ item: "tea", count: 2 }));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ id: "order-1", item: "tea" });
  });

  whenAble(adapter.abilities.validation, "answers 400 naming the field that is wrong", async () => {
    const app = await start(adapter);
    const response = await app.fetch("/orders", json({ item: "tea", count: "two" }));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("count");
  });

  whenAble(adapter.abilities.validation, "names 20 fields of a body that is wrong in 1,000", async () => {
    const app = await start(adapter);
    const response = await app.fetch("/todos", json({ tags: Array.from({ length: 1_000 }, () => ({})) }));
    expect(response.status).toBe(400);
    const named = new Set(Array.from((await response.text()).matchAll(/(\d+)\D{1,3}label/g), ([, index]) => index));
    expect(named.size).toBe(20);
  });

  whenAble(adapter.abilities.shaping, "answers 500 to a response that does not fit, and sends none of it", async () => {
    const app = await start(adapter);
    const response = await app.fetch("/orders", json({ item: "broken", count: 1 }));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("never to be sent");
  });

  whenAble(
    adapter.abilities.validation,
    "answers 400 when a schema throws, and tells nothing of the error",
    async () => {
      const app = await start(adapter);
      const response = await app.fetch("/orders", json({ item: "unreadable", count: 1 }));
      const text = await response.text();
      expect([response.status, text]).toEqual([400, expect.stringContaining("Invalid input")]);
      expect(text).not.toMatch(/never to be told|call stack/);
    },
  );

  whenAble(
    adapter.abilities.shaping,
    "answers 500 when a schema of the response throws, and nothing more",
    async () => {
      const app = await start(adapter);
      const response = await app.fetch("/orders", json({ item: "unwritable", count: 1 }));
      const text = await response.text();
      expect([response.status, text]).toEqual([500, expect.stringContaining("Internal Server Error")]);
      expect(text).not.toMatch(/never to be told|call stack/);
    },
  );

  it("answers 400 to a body that is no JSON", async () => {
    const app = await start(adapter);
    const response = await app.fetch("/echo", { ...json(""), body: "{" });
    expect(response.status).toBe(400);
  });
}
