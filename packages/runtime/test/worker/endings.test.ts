import { encodeOutput } from "@appenv/protocol/values";
import { describe, expect, test } from "vitest";
import { untilGone } from "../processes.ts";
import { FakePlatform } from "./fake-platform.ts";
import { give, given } from "./results.ts";

describe("cancellation", () => {
  test.each([false, true])("its signal is aborted, and what it waits for rejects (in a child: %s)", async (child) => {
    const platform = await FakePlatform.start();
    const waiting = platform.run("waits", { child });
    const innermost = child ? 2 : 1;
    await platform.until(() => platform.lines(innermost).includes("waiting"));
    platform.say({ type: "cancel", attempt: 1, reason: "aborted", message: "by hand", graceMs: 1_000 });
    const result = await waiting;
    expect(given("waits", result)).toBe("aborted ABORTED: by hand");
    expect(platform.lines(1)).toEqual(["waiting", "cleaning up"]);
  });

  test("at its deadline it ends by itself, whatever it gives then", async () => {
    const platform = await FakePlatform.start();
    const returned = await platform.run("deaf", {}, { deadline: Date.now() + 50 });
    expect(given("deaf", returned)).toBe("timed-out TIMED_OUT: It took longer than it may in all.");
    const byDeadline = await platform.run("waits", { child: false }, { deadline: Date.now() - 10_000 });
    expect(given("waits", byDeadline)).toBe("timed-out TIMED_OUT: It took longer than 3600 s in all.");
    expect(byDeadline.outcome).toMatchObject({ error: { retryable: false } });
  });

  test("a task that keeps the event loop busy beyond its limit has timed out, whatever it returns, throws or calls then", async () => {
    const platform = await FakePlatform.start();
    for (const how of ["returns", "after an await", "throws", "calls"]) {
      const late = await platform.run("spins", { ms: 250, how });
      expect(given("spins", late)).toBe("timed-out TIMED_OUT: The attempt ran longer than 200 ms.");
      expect(late.outcome).toMatchObject({ error: { retryable: true } });
    }
    expect(platform.requests).toEqual([]);
    expect(platform.lines(3).join("\n")).toContain("! while it was cancelled: Error: its own");
    const inAll = await platform.run("spins", { ms: 100, how: "returns" }, { deadline: Date.now() + 50 });
    expect(given("spins", inAll)).toBe("timed-out TIMED_OUT: It took longer than it may in all.");
    expect(given("spins", await platform.run("spins", { ms: 1, how: "returns" }))).toBe("returned, told: false");
  });

  test("cancelling an attempt that has ended, or is unknown, changes nothing", async () => {
    const platform = await FakePlatform.start();
    await platform.run("nothing");
    for (const attempt of [1, 99]) {
      platform.say({ type: "cancel", attempt, reason: "aborted", message: "late", graceMs: 1 });
    }
    platform.answer(12345, { type: "succeeded", outputs: encodeOutput({ kind: "integer" }, 1) });
    expect(await give(platform, "add_one", { x: 1 })).toBe(2);
  });
});

describe("errors", () => {
  test("whatever is thrown fails the attempt, and the worker goes on", async () => {
    const platform = await FakePlatform.start();
    const texts = {
      text: "Error: just a text",
      undefined: "Error: undefined",
      symbol: "Error: Symbol(s)",
      function: "Error: [Function (anonymous)]",
      circle: "Error: <ref *1> { name: 'circle', self: [Circular *1] }",
      getter: "Error: { message: [Getter] }",
      poisoned: "Error: (an error that cannot be shown)",
      proxy: "Error: (an error that cannot be shown)",
      bare: "Error: [Object: null prototype] {}",
      aggregate: "AggregateError: first; second",
      range: "RangeError: out of range",
      coded: "UNREACHABLE: the other side is away",
      nonRetryable: "NonRetryableError: never again",
    };
    for (const [what, text] of Object.entries(texts)) {
      const result = await platform.run("throws", { what });
      expect(given("throws", result)).toBe(`failed ${text}`);
      expect(result.outcome).toMatchObject({ error: { kind: "USER", retryable: what !== "nonRetryable" } });
    }
  });

  test("an error thrown by a user's schema, value or listener fails its attempt alone, and the worker goes on", async () => {
    const platform = await FakePlatform.start();
    const ends: Record<string, string> = {};
    const kinds = [
      "schema",
      "getter",
      "proxy",
      "json",
      "log",
      "progress",
      "call",
      "trace",
      "listener",
      "output",
      "late",
    ];
    for (const what of kinds) ends[what] = String(given("hostile", await platform.run("hostile", { what })));
    const unfit = "failed INVALID_OUTPUT: The output of 'tasks.hostile' does not fit its schema: ";
    expect(ends).toEqual({
      schema: expect.stringMatching(/^failed INVALID_INPUT: The input of 'tasks\.hostile' does not fit its schema: /),
      getter: expect.stringContaining(unfit),
      json: expect.stringContaining(unfit),
      output: expect.stringContaining(unfit),
      call: "failed INVALID_INPUT: The input of 'tasks.add_one' cannot be written: a trap",
      trace: "failed INVALID_INPUT: What 'trapped' is called with cannot be written: a trap",
      proxy: "failed Error: a trap",
      progress: "failed Error: a trap",
      log: "undefined",
      listener: "undefined",
      late: "undefined",
    });
    expect(await give(platform, "add_one", { x: 1 })).toBe(2);
  });

  test("a message is bounded, and a stack names the user's own source", async () => {
    const platform = await FakePlatform.start();
    const long = await platform.run("throws", { what: "long" });
    expect(String(given("throws", long)).length).toBeLessThan(4_100);
    const { outcome } = await platform.run("throws", { what: "range" });
    if (outcome.type !== "failed") throw new Error("it did not fail");
    expect(outcome.error.stack).toMatch(/^RangeError: out of range\n {4}at .*fixtures\/tasks\.ts:\d+/);
    expect(outcome.error.stack).not.toMatch(/runtime\/src|core\/src|node:internal/);
  });

  test.each(["rejection", "timer"])("an uncaught %s fails its attempt and no other", async (how) => {
    const platform = await FakePlatform.start();
    const other = platform.run("waits", { child: false });
    await platform.until(() => platform.lines(1).includes("waiting"));
    const text = how === "rejection" ? "nobody caught this" : "poison";
    expect(await give(platform, "uncaught", { how })).toBe(`failed Error: ${text}`);
    platform.say({ type: "cancel", attempt: 1, reason: "aborted", message: "enough", graceMs: 1_000 });
    expect(given("waits", await other)).toBe("aborted ABORTED: enough");
  });

  test("a listener of the signal that throws is the attempt's own", async () => {
    const platform = await FakePlatform.start();
    const running = platform.run("uncaught", { how: "abort-listener" });
    await platform.until(() => platform.lines(1).includes("started"));
    platform.say({ type: "cancel", attempt: 1, reason: "aborted", message: "enough", graceMs: 1_000 });
    expect(given("uncaught", await running)).toBe("aborted ABORTED: enough");
    expect(await give(platform, "add_one", { x: 1 })).toBe(2);
  });

  test("an error outside every attempt ends the process, and stderr has it", async () => {
    const platform = await FakePlatform.start();
    await give(platform, "nothing");
    platform.say({ type: "outcomes", outcomes: undefined as never });
    expect(await platform.exited).toBe(1);
    expect(platform.output).toMatch(/uncaught error: TypeError/);
    expect(platform.received.at(-1)).toMatchObject({
      type: "failed",
      message: expect.stringContaining("not iterable"),
    });
  });

  test("a task that ends the process ends it", async () => {
    const platform = await FakePlatform.start();
    const result = platform.run("exits");
    await expect(result).rejects.toThrow("ended with 3");
    expect(platform.lines(1)).toEqual(["dying"]);
  });
});

describe("the end", () => {
  test("finish: it exits when all that runs has ended", async () => {
    const platform = await FakePlatform.start();
    const running = platform.run("waits", { child: false });
    await platform.until(() => platform.lines(1).includes("waiting"));
    platform.say({ type: "finish" });
    platform.say({ type: "cancel", attempt: 1, reason: "timed-out", message: "enough", graceMs: 1_000 });
    expect(given("waits", await running)).toBe("timed-out TIMED_OUT: enough");
    expect(await platform.exited).toBe(0);
    const idle = await FakePlatform.start();
    idle.say({ type: "finish" });
    expect(await idle.exited).toBe(0);
  });

  test("SIGTERM ends it, SIGINT does not", async () => {
    const platform = await FakePlatform.start();
    platform.child.kill("SIGINT");
    expect(await give(platform, "nothing")).toBe(undefined);
    platform.child.kill("SIGTERM");
    await platform.exited;
    expect(platform.child.signalCode).toBe("SIGTERM");
  });

  test("without the platform it ends at once, after telling its attempts", async () => {
    const platform = await FakePlatform.start();
    void platform.run("waits", { child: false }).catch(() => {});
    await platform.until(() => platform.lines(1).includes("waiting"));
    platform.child.disconnect();
    expect(await platform.exited).toBe(1);
    expect(await untilGone(platform.child.pid ?? 0)).toBe(true);
  });

  test("it tells how busy it is", async () => {
    const platform = await FakePlatform.start();
    void platform.run("waits", { child: false }).catch(() => {});
    await platform.until(() =>
      platform.received.some((message) => message.type === "load" && message.load.inFlight === 1),
    );
    const busy = platform.received.findLast((message) => message.type === "load");
    expect(busy?.load).toMatchObject({ requests: 1, rss: expect.any(Number) });
  });
});
