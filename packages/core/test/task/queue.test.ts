import { expect, test } from "vitest";
import { z } from "zod";
import { TaskEnvironment, type TaskFunction } from "../../src/index.ts";

const input = z.object({
  tenant: z.string(),
  region: z.string().default("eu"),
  vip: z.boolean().optional(),
  user: z.object({ id: z.string() }).optional(),
  tags: z.array(z.string()).optional(),
});
type Input = z.input<typeof input>;

let count = 0;

function defined(queue: object, more: object = {}): TaskFunction["settings"] {
  const env = new TaskEnvironment({ name: `queue-${(count += 1)}` });
  return env.task({ name: "t", input, queue, ...more }, () => {}).settings;
}

const withKey = (key: unknown): unknown => defined({ key } as never).queue?.key;

test("a queue's options are checked, with durations in milliseconds, and nothing is made up", () => {
  expect(
    defined({ name: "emails", concurrency: 3, rate: { limit: 10, per: "1m" }, key: "input.tenant" }).queue,
  ).toEqual({
    name: "emails",
    concurrency: 3,
    rate: { limit: 10, perMs: 60_000 },
    key: [["tenant"]],
  });
  expect(defined({}).queue).toEqual({ key: [] });
  expect(defined({}, { priority: -5 }).priority).toBe(-5);
  for (const [queue, message] of [
    [{ nam: "x" }, "nam"],
    [{ name: "a b" }, "queue of task 't'.name is \"a b\""],
    [{ concurrency: 0 }, "queue of task 't'.concurrency is 0"],
    [{ rate: { limit: 0, per: 1 } }, "rate.limit is 0"],
    [{ rate: { limit: 1, per: 0 } }, "rate.per is 0"],
    [{ rate: { limit: 1, per: "8d" } }, 'rate.per is "8d"'],
    [{ rate: { limit: 1 } }, "rate.per is undefined"],
  ] as const) {
    expect(() => defined(queue)).toThrow(message);
  }
  expect(() => defined({}, { priority: 101 })).toThrow("priority of task 't' is 101");
});

test("a key is a path, or a function whose choice is read from it once", () => {
  expect(withKey("input.user.id")).toEqual([["user", "id"]]);
  expect(withKey(["input.tenant", "input.region"])).toEqual([["tenant"], ["region"]]);
  expect(withKey((given: Input) => given.tenant)).toEqual([["tenant"]]);
  expect(withKey((given: Input) => given.user?.id)).toEqual([["user", "id"]]);
  expect(withKey(({ tenant, region }: Input) => [tenant, region])).toEqual([["tenant"], ["region"]]);
});

test("a key function that does more than pick is refused where it is defined, and so is what it throws", () => {
  const refused = [
    (given: Input) => given.tenant.toLowerCase(),
    (given: Input) => `${given.tenant}/${given.region}`,
    (given: Input) => (given.vip === true ? given.tenant : "others"),
    (given: Input) => given.region ?? "eu",
    (given: Input) => given.region || given.tenant,
    (given: Input) => Object.keys(given),
    () => "always",
    () => {
      throw new TypeError("no tenant");
    },
  ];
  for (const key of refused) {
    expect(() => withKey(key)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  }
  expect(() => withKey(refused.at(-1))).toThrow("no tenant");
  expect(() => withKey("tenant")).toThrow('is "tenant", but must be a path such as "input.tenant"');
  expect(() => withKey("input.nobody")).toThrow("must be the name of an input");
  expect(() => withKey("input.tags")).toThrow("must be a text, a number or a truth value");
  expect(() => withKey("input.tenant.id")).toThrow("must be a text, a number or a truth value");
});

test("debounce and throttle are checked, with spans in milliseconds, and go not together", () => {
  expect(defined({}, { debounce: { delay: "5s", key: (given: Input) => given.tenant } }).debounce).toEqual({
    delayMs: 5_000,
    maxMs: 50_000,
    key: [["tenant"]],
  });
  expect(defined({}, { throttle: { per: "1m" } }).throttle).toEqual({ perMs: 60_000, limit: 1, key: [] });
  for (const [more, message] of [
    [{ debounce: { delay: "5s", max: "4s" } }, "debounce of task 't'.max is \"4s\""],
    [{ debounce: { delay: 0 } }, "debounce of task 't'.delay is 0"],
    [{ throttle: { per: "8d" } }, "throttle of task 't'.per is \"8d\""],
    [{ throttle: { per: "1m", limit: 0 } }, "limit is 0"],
    [{ debounce: { delay: 1 }, throttle: { per: 1 } }, "left out of a task with `debounce`"],
  ] as const) {
    expect(() => defined({}, more)).toThrow(message);
  }
});
