import { slack, webhook, type NotificationRule } from "@appenv/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { NotificationSender, OutgoingNotification, SendResult } from "../../src/contracts/notifications.ts";
import type { RunRecord } from "../../src/contracts/runs.ts";
import { waitAfter } from "../../src/notifications/schedule.ts";
import { ScriptError } from "../support/engine-workers.ts";
import { openWorld, plain, TestClock, turns, until, type TestTask, type World } from "../support/engine-world.ts";

const url = "https://alerts.example.com/secret-path";
const all = ["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"] as const;
const always = webhook({ on: all, url });

const tasks: Record<string, TestTask> = {
  works: { run: ({ x }) => x, settings: { notify: [always] } },
  plain: { run: ({ x }) => x },
  fails: {
    run: () => {
      throw new ScriptError({ retryable: false, code: "Boom", message: "no luck" });
    },
  },
  waits: { run: (_, { condition }) => condition("go", "boolean") },
  calls: { run: (_, { call }) => call("works", { x: 2 }) },
};

/** A receiver, of which a test says how it answers. */
class Receiver implements NotificationSender {
  readonly got: OutgoingNotification[] = [];
  readonly open: Set<OutgoingNotification> = new Set();
  mostOpen = 0;
  answer: (notification: OutgoingNotification) => SendResult | Promise<SendResult> = () => ({ delivered: true });

  async send(notification: OutgoingNotification): Promise<SendResult> {
    this.got.push(notification);
    this.open.add(notification);
    this.mostOpen = Math.max(this.mostOpen, this.open.size);
    try {
      return await this.answer(notification);
    } finally {
      this.open.delete(notification);
    }
  }
}

const refused: SendResult = { delivered: false, reason: "It answered 500." };
const never = new Promise<SendResult>(() => {});

function withRules(notify: readonly NotificationRule[]) {
  return { settings: { ...plain, notify } };
}

function states({ engine }: World, { id }: RunRecord): string[] {
  return engine.notifications(id).map(({ state, attempts }) => `${state} ${attempts}`);
}

test("a run's rules are sent for the phases that they name; those of its task, if it states none", async () => {
  const notifications = new Receiver();
  const world = await openWorld(tasks, { notifications });
  const rules = [webhook({ on: "FAILED", url }), webhook({ on: ["ABORTED", "FAILED"], url }), always];
  const failed = await world.end(await world.run("fails", undefined, withRules(rules.slice(0, 2))));
  await until(() => states(world, failed).join() === "delivered 1,delivered 1");
  expect(notifications.got).toMatchObject([
    { phase: "FAILED", error: "no luck", run: failed.id, delivery: rules[0]?.delivery },
    { phase: "FAILED", delivery: rules[1]?.delivery },
  ]);
  expect(world.engine.notifications(failed.id)[0]).toMatchObject({ destination: "https://alerts.example.com" });

  const own = await world.end(await world.run("works"));
  await until(() => states(world, own).join() === "delivered 1");
  const other = await world.end(await world.run("works", undefined, withRules([])));
  expect(states(world, other)).toEqual([]);

  const waiting = await world.run("waits", undefined, withRules(rules));
  await world.engine.abort(waiting.root.id, "enough");
  await until(() => states(world, waiting).join() === "delivered 1,delivered 1");
  expect(notifications.got.at(-1)).toMatchObject({ phase: "ABORTED" });
  expect(new Set(notifications.got.map(({ id }) => id)).size).toBe(notifications.got.length);

  // A call of a task is no run.
  const parent = await world.end(await world.run("calls"));
  expect(states(world, parent)).toEqual([]);
});

test("attempts are repeated with one id for nearly a day, then given up; what is final at once", async () => {
  const clock = new TestClock();
  const notifications = new Receiver();
  notifications.answer = () => refused;
  const world = await openWorld(tasks, { clock, notifications });
  const run = await world.run("works");
  await clock.advance(0);
  await until(() => states(world, run).join() === "pending 1");
  expect(world.engine.notifications(run.id)[0]?.error).toBe("It answered 500.");
  const begun = clock.now();
  let at = begun;
  while (states(world, run)[0]?.startsWith("pending") === true) {
    const next = world.engine.notifications(run.id)[0]?.nextAt?.getTime() ?? Number.NaN;
    expect(next).toBeGreaterThan(at);
    const sent = notifications.got.length;
    await clock.advance(next - clock.now());
    await until(() => notifications.got.length === sent + 1 && notifications.open.size === 0);
    await until(() => world.engine.notifications(run.id)[0]?.attempts === sent + 1);
    at = next;
  }
  expect(states(world, run)).toEqual(["failed 11"]);
  expect(new Set(notifications.got.map(({ id }) => id)).size).toBe(1);
  expect(at - begun).toBeGreaterThan(23 * 3_600_000);
  expect(at - begun).toBeLessThan(27 * 3_600_000);

  notifications.answer = () => ({ ...refused, final: true });
  const gone = await world.run("works");
  await until(() => states(world, gone).join() === "failed 1");
});

test("a sender that does not answer has failed after 10 s", async () => {
  const clock = new TestClock();
  const notifications = new Receiver();
  notifications.answer = () => never;
  const world = await openWorld(tasks, { clock, notifications });
  const run = await world.run("works");
  await until(() => notifications.got.length === 1);
  await clock.advance(9_999);
  expect(states(world, run)).toEqual(["pending 0"]);
  await clock.advance(1);
  await until(() => states(world, run).join() === "pending 1");
  expect(world.engine.notifications(run.id)[0]?.error).toContain("10 s");
});

function isSlow({ delivery }: OutgoingNotification): boolean {
  return delivery.kind === "webhook" && delivery.url.includes("slow");
}

test("one destination that hangs takes four places, and the others go on", async () => {
  const notifications = new Receiver();
  const slow = slack({ on: "SUCCEEDED", webhookUrl: "https://slow.example.com/x" });
  notifications.answer = (notification) => (isSlow(notification) ? never : { delivered: true });
  const world = await openWorld(tasks, { notifications });
  for (let each = 0; each < 6; each += 1) await world.end(await world.run("plain", undefined, withRules([slow])));
  const run = await world.end(await world.run("works"));
  await until(() => states(world, run).join() === "delivered 1");
  expect(notifications.got.filter(isSlow)).toHaveLength(4);
});

test("notifications go with their run, also while one is being sent", async () => {
  const notifications = new Receiver();
  const sending = Promise.withResolvers<SendResult>();
  notifications.answer = () => sending.promise;
  const world = await openWorld(tasks, { notifications });
  const run = await world.end(await world.run("works"));
  await until(() => notifications.got.length === 1);
  await world.engine.deleteRun(run.id);
  sending.resolve(refused);
  await until(() => notifications.open.size === 0);
  await turns();
  expect(world.store.database.prepare("SELECT count(*) AS n FROM notifications").get()?.["n"]).toBe(0);
});

test("however often the platform is killed, every notification arrives, always with its own id", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom("lost", "unanswered", "refused", "delivered"), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 3 }),
      async (fates, count) => {
        const clock = new TestClock();
        const notifications = new Receiver();
        let fate: string | undefined;
        // Notifications that the receiver took although the platform may never have heard of it.
        const taken = new Set<string>();
        notifications.answer = ({ id }) => {
          if (fate === "lost") return never;
          if (fate === "refused") return refused;
          taken.add(id);
          return fate === "unanswered" ? never : { delivered: true };
        };
        [fate] = fates;
        let world = await openWorld(tasks, { clock, notifications });
        const run = await world.run("works", undefined, withRules(Array.from({ length: count }, () => always)));
        await until(() => world.engine.getRun(run.id)?.root.phase === "SUCCEEDED");
        await until(() => notifications.got.length >= count);
        const ids = world.engine.notifications(run.id).map(({ id }) => id);
        expect(ids).toHaveLength(count);
        let now = clock;
        for (fate of [...fates.slice(1), undefined]) {
          await turns();
          now = now.restarted();
          world = await world.crash({ clock: now, notifications });
          await now.advance(0);
        }
        for (let hour = 0; hour < 2; hour += 1) await now.advance(60_000);
        await until(() => states(world, run).every((state) => state.startsWith("delivered")));
        expect(world.engine.notifications(run.id).map(({ id }) => id)).toEqual(ids);
        expect([...taken].toSorted()).toEqual(ids.toSorted());
      },
    ),
    { numRuns: 8 },
  );
});

test("a receiver can put the next attempt off, for an hour at most", () => {
  expect(waitAfter(1, 0, 0)).toBe(5_000);
  expect(waitAfter(1, 60_000, 0.5)).toBe(60_000);
  expect(waitAfter(1, 10 ** 9, 0)).toBe(3_600_000);
  expect(waitAfter(11, 60_000, 0)).toBeUndefined();
});
