import { describe, expect, test } from "vitest";
import { FakePlatform } from "./fake-platform.ts";
import { AnswerAll, give, given, systemError } from "./results.ts";

describe("calls", () => {
  test("a task that is called is a child, whose name is the same whenever the parent runs again", async () => {
    const store = new Map();
    const first = await FakePlatform.start({}, store);
    expect(await give(first, "pair")).toEqual([2, 2, 2, 3]);
    const names = first.requests.map((request) => request.name);
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9]{1,29}$/);
    expect(first.requests.map((request) => request.kind === "task" && request.group)).toEqual([
      "inner",
      undefined,
      undefined,
      "named",
    ]);

    const second = await FakePlatform.start({}, store);
    const again = await second.run("pair", {}, { attempt: 2 });
    expect(given("pair", again)).toEqual([2, 2, 2, 3]);
    expect(second.started).toEqual(["pair"]);
    expect(again.requested).toEqual(names);
  });

  test("a task of another environment is asked for by its full name", async () => {
    const platform = await FakePlatform.start();
    expect(await give(platform, "elsewhere")).toBe("other.greet greets Ada");
  });

  test("a task that was deployed on its own is asked for by its whole identity", async () => {
    const platform = await FakePlatform.start();
    expect(await give(platform, "deployed")).toBe("other.greet greets Ada");
    const identity = { project: "p", domain: "d", version: "v7" };
    expect(platform.requests).toMatchObject([{ kind: "task", task: "other.greet", deployed: identity }]);
  });

  test("requests of one turn are one message, and results too", async () => {
    const platform = await FakePlatform.start();
    await platform.run("pair");
    expect(platform.received.filter(({ type }) => type === "requests")).toHaveLength(1);
    const attempts = [1, 2, 3, 4, 5].map(() => platform.attempt("nothing", new Uint8Array()));
    platform.say({ type: "attempts", attempts });
    await Promise.all(attempts.map(({ id }) => platform.result(id)));
    const batches = platform.received.flatMap((message) =>
      message.type === "results" ? [message.results.length] : [],
    );
    expect(batches).toContain(5);
  });

  test("10,000 children of a map: some at a time, in order, none twice", async () => {
    const platform = await FakePlatform.start();
    expect(await give(platform, "sum", { n: 10_000 })).toBe((10_000 * 10_001) / 2);
    expect(new Set(platform.requests.map(({ name }) => name)).size).toBe(10_000);
    expect(platform.busiest).toBeLessThanOrEqual(51);
    expect(platform.received.filter(({ type }) => type === "requests").length).toBeLessThan(2_000);
  });

  test("a child that failed rejects the call, with what it was as cause", async () => {
    const platform = await FakePlatform.start();
    // The line is that of the code that threw, and the action the one whose log has more.
    expect(await give(platform, "catches", { what: "range" })).toMatch(
      /^TASK_FAILED \| 'tasks\.throws' \(action \w+\) failed at \S+tasks\.ts:\d+:\d+: RangeError: out of range \| {2}\| RangeError \| out of range$/,
    );
    expect(await give(platform, "catches", { what: "text" })).toMatch(
      /\| 'tasks\.throws' \(action \w+\) failed: Error: just a text \|/,
    );
  });

  test.each([
    ["aborted", "ABORTED", /'tasks\.add_one' \(action \w+\) was aborted: by hand$/],
    ["timed-out", "TIMED_OUT", /'tasks\.add_one' \(action \w+\) took too long: by hand$/],
    ["failed", "WORKER_LOST", /: by hand$/],
  ] as const)("a child that was %s rejects the call with %s", async (type, code, message) => {
    const platform = await FakePlatform.start(
      {},
      new AnswerAll({ type, error: systemError("WORKER_LOST", "by hand") }),
    );
    expect(await give(platform, "sum", { n: 1 })).toMatch(new RegExp(`^failed ${code}: `));
    expect(await give(platform, "sum", { n: 1 })).toMatch(message);
  });

  test("calls may be started first, and awaited in turn, whichever fails first", async () => {
    const platform = await FakePlatform.start();
    expect(await give(platform, "in_turn")).toBe("2, and TASK_FAILED");
  });

  test("a call that is not awaited does not keep the attempt", async () => {
    const platform = await FakePlatform.start();
    expect(await give(platform, "leaves")).toBe("left");
    expect(platform.lines(1)).toEqual(["! 'tasks.leaves' ended without waiting for 1 of its calls; they are aborted."]);
    expect(await give(platform, "add_one", { x: 1 })).toBe(2);
  });
});

describe("traces", () => {
  test("a computed value is recorded, and given again when the action runs again", async () => {
    const store = new Map();
    const first = await FakePlatform.start({}, store);
    const results = ["1 1 1970-01-01T00:00:00.000Z bigint", "1 2 1970-01-01T00:00:00.000Z bigint"];
    expect(await give(first, "traced")).toEqual([...results, "2 3 1970-01-01T00:00:00.000Z bigint"]);
    expect(first.requests.map(({ kind }) => kind)).toEqual([
      "trace",
      "trace-result",
      "trace",
      "trace-result",
      "trace",
      "trace-result",
    ]);
    const second = await FakePlatform.start({}, store);
    expect(await give(second, "traced")).toEqual([...results, "2 3 1970-01-01T00:00:00.000Z bigint"]);
    expect(second.requests.map(({ kind }) => kind)).toEqual(["trace", "trace", "trace"]);
  });

  test("a failure is reported, and thrown as it was; it is computed again if that may help", async () => {
    const platform = await FakePlatform.start();
    for (const [how, texts] of [
      ["once", ["failed TypeError: the trace broke", undefined]],
      [
        "for ever",
        [
          "failed NonRetryableError: the trace broke",
          expect.stringMatching(
            /^failed TASK_FAILED: 'broken' failed at \S+tasks\.ts:\d+:\d+: NonRetryableError: the trace broke$/,
          ),
        ],
      ],
    ] as const) {
      expect(await give(platform, "trace_fails", { how })).toBe(texts[0]);
      const told = platform.requests.findLast(({ kind }) => kind === "trace-result");
      if (told?.kind !== "trace-result" || !("error" in told.result)) throw new Error("it was not told");
      platform.store.set(told.name, { type: "failed", error: told.result.error });
      expect(await give(platform, "trace_fails", { how })).toEqual(texts[1]);
    }
  });
});

describe("conditions", () => {
  test("an action waits until somebody answers, and knows the answer when it runs again", async () => {
    const store = new Map();
    const first = await FakePlatform.start({}, store);
    const waiting = first.run("asks");
    await first.until(() => first.conditions.length === 1);
    expect(first.conditions[0]?.condition).toEqual({
      name: "release",
      prompt: "Release it?",
      markdown: false,
      type: "boolean",
      description: undefined,
      timeoutMs: 3_600_000,
    });
    first.signal("release", true);
    expect(given("asks", await waiting)).toBe("released");
    const second = await FakePlatform.start({}, store);
    expect(await give(second, "asks")).toBe("released");
  });

  test("nobody answers in time", async () => {
    const error = systemError("CONDITION_TIMED_OUT", "nobody answered");
    const platform = await FakePlatform.start({}, new AnswerAll({ type: "timed-out", error }));
    expect(await give(platform, "asks")).toBe("failed CONDITION_TIMED_OUT: nobody answered");
  });
});
