import { AppEnvError } from "@appenv/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { OwnPlatform } from "../../src/control-plane/own-platform.ts";

/** A platform in name only: `events` tells what happened to it. */
function fakePlatform(startedHere = true) {
  const events: string[] = [];
  let starts = 0;
  const platform = new OwnPlatform("/home", async () => {
    const number = (starts += 1);
    events.push(`start ${number}`);
    return {
      endpoint: `http://here/${number}`,
      startedHere,
      close: async () => void events.push(`close ${number}`),
    };
  });
  return { platform, events };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("it ends when nobody holds it any more, and is started again when it is needed", async () => {
  const { platform, events } = fakePlatform();
  const [one, other] = await Promise.all([platform.up(), platform.up()]);
  expect([one.endpoint, other.endpoint, platform.isUp]).toEqual(["http://here/1", "http://here/1", true]);
  const release = platform.hold();
  const releaseToo = platform.hold();
  release();
  release();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(events).toEqual(["start 1"]);

  releaseToo();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([events, platform.isUp]).toEqual([["start 1", "close 1"], false]);
  expect((await platform.up()).endpoint).toBe("http://here/2");
});

test("it lets go for a moment without ending", async () => {
  const { platform, events } = fakePlatform();
  await platform.up();
  platform.hold()();
  await vi.advanceTimersByTimeAsync(50);
  const release = platform.hold();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(events).toEqual(["start 1"]);
  release();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(events).toEqual(["start 1", "close 1"]);
});

test("one that is kept stays", async () => {
  const { platform, events } = fakePlatform();
  platform.keep();
  await platform.up();
  platform.hold()();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(events).toEqual(["start 1"]);
});

test("a platform of another process is looked for anew each time", async () => {
  const { platform, events } = fakePlatform(false);
  await platform.up();
  expect(platform.isUp).toBe(false);
  await platform.up();
  expect(events).toEqual(["start 1", "start 2"]);
});

test("tries again after a platform could not be started", async () => {
  let isFull = true;
  const platform = new OwnPlatform("/home", async () => {
    if (isFull) throw new AppEnvError("DISK_FULL", "The disk is full.");
    return { endpoint: "http://here", startedHere: true, close: async () => {} };
  });
  await expect(platform.up()).rejects.toThrow("The disk is full.");
  isFull = false;
  expect((await platform.up()).endpoint).toBe("http://here");
});
