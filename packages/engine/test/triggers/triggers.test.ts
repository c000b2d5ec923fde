import { join } from "node:path";
import { AppEnvError } from "@appenv/core";
import type { TriggerDefinition } from "@appenv/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openStateDatabase } from "@appenv-internal/state/database";
import { triggerTable } from "../../src/triggers/trigger-table.ts";
import { TriggerScheduler } from "../../src/triggers/triggers.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

const task = { project: "flytesnacks", domain: "development", name: "reports.daily", version: "1" };
const id = { project: "flytesnacks", domain: "development", taskName: "reports.daily", name: "morning" };
const start = new Date("2026-06-01T06:00:30Z");

const definition: TriggerDefinition = {
  name: "morning",
  automation: { kind: "cron", expression: "* * * * *", timeZone: "UTC" },
  active: true,
  description: "",
  inputs: new Uint8Array([1, 2]),
  kickoffTimeInput: undefined,
  run: { labels: { a: "b" }, annotations: {}, envVars: {}, overwriteCache: false },
};

let file: string;
let fired: string[];
let problems: string[];
let fail: Error | undefined;
const open: (() => void)[] = [];

function platform(): TriggerScheduler {
  const database = openStateDatabase(file);
  const scheduler = new TriggerScheduler({
    table: triggerTable(database, file),
    fire: async (_, at) => {
      if (fail !== undefined) throw fail;
      fired.push(at.toISOString());
    },
    onProblem: (message) => problems.push(message),
  });
  open.push(() => {
    scheduler.close();
    if (database.isOpen) database.close();
  });
  return scheduler;
}

/** As a deployment of the task does. */
async function deploy(
  scheduler: TriggerScheduler,
  definitions: readonly TriggerDefinition[],
  version = task.version,
): Promise<void> {
  const changes = scheduler.prepare({ ...task, version }, definitions);
  changes.write();
  changes.keep();
}

/** As a process that is killed: nothing is said goodbye to. */
function kill(): void {
  open.pop()?.();
}

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  file = join(tempDirectory(), "state.db");
  [fired, problems, fail] = [[], [], undefined];
});

afterEach(() => {
  for (const close of open.splice(0)) close();
  vi.useRealTimers();
});

describe("a trigger", () => {
  it("fires at its times", async () => {
    const scheduler = platform();
    await deploy(scheduler, [definition]);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(fired).toEqual([]);
    await vi.advanceTimersByTimeAsync(121_000);
    expect(fired).toEqual(["2026-06-01T06:01:00.000Z", "2026-06-01T06:02:00.000Z", "2026-06-01T06:03:00.000Z"]);
    expect(scheduler.get(id)?.triggeredAt?.toISOString()).toBe("2026-06-01T06:03:00.000Z");
    expect(scheduler.get(id)?.nextAt?.toISOString()).toBe("2026-06-01T06:04:00.000Z");
  });

  it("tells the times for which it fires next, and none while it is not active", async () => {
    const scheduler = platform();
    await deploy(scheduler, [definition]);
    const next = () => scheduler.list(id).flatMap((trigger) => scheduler.upcoming(trigger, 3));
    expect(next().map((at) => at.toISOString().slice(11, 16))).toEqual(["06:01", "06:02", "06:03"]);
    await scheduler.setActive(id, false);
    expect(next()).toEqual([]);
  });

  it("is as it was after a restart, and fires once for what was missed", async () => {
    await deploy(platform(), [definition]);
    kill();
    vi.setSystemTime(new Date("2026-06-03T10:00:10Z"));
    const scheduler = platform();
    await vi.advanceTimersByTimeAsync(0);
    expect(fired).toEqual(["2026-06-03T10:00:00.000Z"]);
    expect(scheduler.get(id)?.definition).toEqual(definition);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fired).toHaveLength(2);
  });

  it("fires again under the same time if the platform ended before it could go on", async () => {
    await deploy(platform(), [definition]);
    const taken = Promise.withResolvers<void>();
    const database = openStateDatabase(file);
    const slow = new TriggerScheduler({
      table: triggerTable(database, file),
      fire: async (_, at) => {
        fired.push(at.toISOString());
        await taken.promise;
      },
      onProblem: () => {},
    });
    kill();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(fired).toEqual(["2026-06-01T06:01:00.000Z"]);
    slow.close();
    database.close();
    platform();
    await vi.advanceTimersByTimeAsync(0);
    expect(fired).toEqual(["2026-06-01T06:01:00.000Z", "2026-06-01T06:01:00.000Z"]);
  });

  it("waits for its run before it fires again", async () => {
    const scheduler = platform();
    await deploy(scheduler, [definition]);
    fail = new AppEnvError("DISK_FULL", "The disk is full.");
    await vi.advanceTimersByTimeAsync(30_000);
    expect(problems).toEqual(["The trigger 'morning' of reports.daily: [DISK_FULL] The disk is full."]);
    fail = undefined;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(fired).toEqual(["2026-06-01T06:01:00.000Z"]);
  });

  it("goes on after a run that was refused", async () => {
    await deploy(platform(), [definition]);
    fail = new AppEnvError("INVALID_INPUT", "x is missing.");
    await vi.advanceTimersByTimeAsync(30_000);
    fail = undefined;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(problems).toEqual(["The trigger 'morning' of reports.daily: [INVALID_INPUT] x is missing."]);
    expect(fired).toEqual(["2026-06-01T06:02:00.000Z"]);
  });

  it("does not fire twice when the clock is set back, nor for each minute when it is set forth", async () => {
    await deploy(platform(), [definition]);
    await vi.advanceTimersByTimeAsync(30_000);
    vi.setSystemTime(new Date("2026-06-01T05:00:00Z"));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(fired).toEqual(["2026-06-01T06:01:00.000Z"]);
    vi.setSystemTime(new Date("2026-06-01T09:30:10Z"));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(fired).toEqual(["2026-06-01T06:01:00.000Z", "2026-06-01T09:30:00.000Z"]);
  });
});

describe("deploying a task again", () => {
  it("changes nothing of a trigger that is the same, but its version", async () => {
    const scheduler = platform();
    await deploy(scheduler, [definition]);
    await scheduler.setActive(id, false);
    await deploy(scheduler, [definition], "2");
    expect(scheduler.get(id)).toMatchObject({ taskVersion: "2", revision: 2, definition: { active: false } });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(fired).toEqual([]);
  });

  it("takes away what it does not name any more, but not what was made by a call", async () => {
    const scheduler = platform();
    await deploy(scheduler, [definition]);
    await scheduler.put(task, { ...definition, name: "evening" });
    await deploy(scheduler, []);
    expect(scheduler.list({ ...id }).map((trigger) => trigger.definition.name)).toEqual(["evening"]);
    expect(scheduler.history(id).map(({ revision, action }) => `${revision} ${action}`)).toEqual([
      "2 delete",
      "1 deploy",
    ]);
  });
});

it("says that a trigger is not there", async () => {
  const scheduler = platform();
  await expect(scheduler.setActive(id, true)).rejects.toMatchObject({
    code: "NOT_FOUND",
    message: "There is no trigger 'morning' of reports.daily in flytesnacks/development.",
  });
});

it("refuses a time table that cannot be read, and keeps the trigger as it was", async () => {
  const scheduler = platform();
  await deploy(scheduler, [definition]);
  const wrong = { ...definition, automation: { kind: "cron", expression: "x", timeZone: "UTC" } } as const;
  await expect(deploy(scheduler, [wrong])).rejects.toMatchObject({ code: "INVALID_OPTION" });
  expect(scheduler.get(id)?.definition).toEqual(definition);
});

it("counts a fixed rate from its last time, also after a restart", async () => {
  const automation = { kind: "fixed-rate", everyMs: 600_000, startTime: undefined } as const;
  await deploy(platform(), [{ ...definition, automation }]);
  await vi.advanceTimersByTimeAsync(600_000);
  kill();
  vi.setSystemTime(new Date("2026-06-01T06:45:00Z"));
  platform();
  await vi.advanceTimersByTimeAsync(0);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(fired).toEqual(["2026-06-01T06:10:30.000Z", "2026-06-01T06:40:30.000Z", "2026-06-01T06:50:30.000Z"]);
});
