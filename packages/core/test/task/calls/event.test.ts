import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { defineEvent, send, waitFor } from "../../../src/index.ts";
import { giveTools } from "../../../src/internal.ts";
import { FakeRunContext } from "./fake-run-context.ts";

const paid = defineEvent({ name: "paid", value: z.object({ amount: z.number().default(1) }) });

test("an event has the types of its schema on both sides", () => {
  expectTypeOf(() => waitFor(paid)).returns.resolves.toEqualTypeOf<{ amount: number }>();
  expectTypeOf(() => waitFor("paid")).returns.resolves.toEqualTypeOf<unknown>();
  // @ts-expect-error A number is wanted.
  expectTypeOf(() => send(paid, { amount: "1" })).toBeFunction();
});

test("inside a run the platform is asked for it; outside there is nothing to wait for", async () => {
  const context = new FakeRunContext();
  expect(await context.run(() => waitFor(paid, { key: "a", timeout: "1m", since: new Date(5) }))).toBe("sent");
  expect(JSON.parse(context.asked[0]?.what.slice("event ".length) ?? "")).toEqual({
    name: "paid",
    key: "a",
    timeoutMs: 60_000,
    since: 5,
  });
  await expect(waitFor(paid)).rejects.toMatchObject({ code: "NOT_IN_RUN" });
});

test("a value is sent as its schema makes it", async () => {
  const sent: unknown[] = [];
  const client = { send: async (...given: unknown[]) => ({ id: String(sent.push(given)), delivered: 0 }) };
  giveTools({ "@appenv/client": async () => client });
  await send(paid, {}, { key: "a" });
  await send("other", [1]);
  expect(sent).toEqual([
    ["paid", { amount: 1 }, { key: "a" }],
    ["other", [1], {}],
  ]);
  await expect(send(paid, { amount: "1" } as never)).rejects.toMatchObject({ code: "INVALID_INPUT" });
});

test.each([
  [() => waitFor(""), "INVALID_OPTION"],
  [() => waitFor("x".repeat(64)), "INVALID_OPTION"],
  [() => waitFor("x", { key: "" }), "INVALID_OPTION"],
  [() => waitFor("x", { since: new Date(Number.NaN) }), "INVALID_OPTION"],
  [() => waitFor("x", { timeout: "soon" }), "INVALID_DURATION"],
  [() => send("x", 1, { keys: "x" } as never), "INVALID_OPTION"],
])("what cannot be is refused: %s", async (call, code) => {
  await expect(call()).rejects.toMatchObject({ code });
});
