import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { latencyBuckets, type ReplicaLoad } from "@appenv/runtime/ipc";
import { onUnexpected } from "@appenv/core/internal";
import { Random } from "@appenv-internal/test-support/random";
import { fill, smallDisk } from "@appenv-internal/test-support/small-disk";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { openDatabase } from "@appenv-internal/state/sqlite";
import { expect, onTestFinished, test } from "vitest";
import type { FollowedReplica } from "../../src/metrics/app-load.ts";
import type { LoadPoint } from "../../src/metrics/load-point.ts";
import { readSeries } from "../../src/metrics/read-series.ts";
import { MetricsRecorder } from "../../src/metrics/recorder.ts";
import { readSpan, type WantedSpan } from "../../src/metrics/span.ts";
import { MetricsStore } from "../../src/metrics/store.ts";

const app = { project: "flytesnacks", domain: "development", name: "app" };
/** The begin of an hour. */
const t0 = 1_800_000_000;

/** A replica whose reports the test writes. */
class TestReplica implements FollowedReplica {
  readonly name: string;
  exited: object | undefined;
  load: ReplicaLoad = { ...idle };

  constructor(name: string) {
    this.name = name;
  }

  /** Answers requests within a second, each in one millisecond. */
  answer(count: number, statusClass = 2): void {
    const { requests, busyMs, cpuMs } = this.load;
    this.load = {
      ...this.load,
      requests: requests + count,
      busyMs: busyMs + count,
      cpuMs: cpuMs + 5,
      responses: this.load.responses.map((each, index) => (index === statusClass ? each + count : each)),
      latency: this.load.latency.map((each, index) => (index === 6 ? each + count : each)),
    };
  }
}

const idle: ReplicaLoad = {
  inFlight: 0,
  connections: 1,
  sockets: 0,
  busyMs: 0,
  requests: 0,
  failures: 0,
  cpuMs: 0,
  rss: 50 * 1_048_576,
  responses: [0, 0, 0, 0, 0, 0],
  latency: Array.from({ length: latencyBuckets }, () => 0),
  answeredMs: 0,
};

/** A recorder whose seconds pass when the test says so. */
function simulate(file = join(tempDirectory(), "metrics.db"), limit?: number) {
  const store = new MetricsStore(file, limit);
  let tick: ((at: number) => void) | undefined;
  const recorder = new MetricsRecorder(store, (onSecond) => {
    tick = onSecond;
    return () => (tick = undefined);
  });
  onTestFinished(() => store.close());
  const pass = (from: number, to: number, each: (at: number) => void = () => {}): void => {
    for (let at = from; at < to; at += 1) {
      each(at);
      tick?.(at);
    }
  };
  const read = (wanted: WantedSpan, now: number, byReplica = false) => {
    recorder.flush(now);
    return readSeries(store, app, readSpan(wanted, now), byReplica);
  };
  return { file, store, recorder, pass, read, isTicking: () => tick !== undefined };
}

function sumOf(points: readonly LoadPoint[] = []): number {
  return points.reduce((sum, { requests }) => sum + requests, 0);
}

test("an hour is kept by the second and a week by the minute, whatever comes after", () => {
  const { recorder, pass, read, store, file } = simulate();
  const [one, two] = [new TestReplica("app-1"), new TestReplica("app-2")];
  recorder.follow(app, one);
  recorder.follow(app, two);
  const twoHours = t0 + 7_200;
  pass(t0, twoHours, () => {
    one.answer(3);
    two.answer(1, 5);
  });
  const hour = read({ step: 1 }, twoHours).get("")!;
  expect(hour).toHaveLength(3_600);
  expect(hour[0]).toMatchObject({ at: twoHours - 3_600, requests: 4, replicas: 2, cpuMs: 10, memoryKib: 102_400 });
  expect(hour.at(-1)).toMatchObject({ at: twoHours - 1, requests: 4, responses: [0, 0, 3, 0, 0, 1] });
  // By the minute there is all of it, and the sums are the same.
  const minutes = read({ from: t0, step: 60 }, twoHours, true);
  expect([...minutes.keys()]).toEqual(["", "app-1", "app-2"]);
  expect(minutes.get("")).toHaveLength(120);
  expect(sumOf(minutes.get(""))).toBe(7_200 * 4);
  expect(sumOf(minutes.get("app-1"))).toBe(7_200 * 3);
  // Seconds older than an hour are deleted, up to a chunk; so is everything of which nothing is newer than a week.
  const database = openDatabase(file, { readOnly: true });
  const oldest = database.prepare("SELECT min(start) AS start FROM chunks WHERE step = 1").get();
  expect(Number(oldest?.["start"])).toBeGreaterThanOrEqual(twoHours - 3_600 - 120);
  one.exited = {};
  two.exited = {};
  pass(twoHours, twoHours + 61);
  const week = twoHours + 8 * 24 * 3_600;
  const three = new TestReplica("app-3");
  recorder.follow(app, three);
  pass(week, week + 20, () => three.answer(1));
  const kept = database.prepare("SELECT replica FROM series ORDER BY replica").all();
  expect(kept.map((row) => row["replica"])).toEqual(["", "app-3"]);
  database.close();
  expect(store.read(app, { step: 60, from: 0, to: week, byReplica: true })).toEqual([]);
});

test("seconds that the platform was too busy for are no gap, and what came in them no peak; after a sleep they are a gap", () => {
  const { recorder, pass, read } = simulate();
  const replica = new TestReplica("app-1");
  const heard: (readonly [at: number, requests: number])[] = [];
  recorder.watch(app, (second) => second && heard.push([second.app.at - t0, second.app.requests]));
  recorder.follow(app, replica);
  pass(t0, t0 + 1);
  replica.answer(10);
  pass(t0 + 4, t0 + 5);
  expect(heard).toEqual([
    [0, 0],
    [1, 2],
    [2, 3],
    [3, 2],
    [4, 3],
  ]);
  replica.answer(7);
  pass(t0 + 100, t0 + 101);
  expect(heard.at(-1)).toEqual([100, 7]);
  expect(heard).toHaveLength(6);
  expect(recorder.totals().map(({ sum }) => sum.requests)).toEqual([17]);
  const seconds = read({ step: 1 }, t0 + 101, true);
  expect(seconds.get("app-1")?.map(({ requests }) => requests)).toEqual([0, 2, 3, 2, 3, 7]);
  expect(sumOf(read({ from: t0, step: 60 }, t0 + 120).get(""))).toBe(17);
});

test("nothing runs and nothing is written without a replica, and the end of the last one is counted", () => {
  const { recorder, pass, read, file, isTicking } = simulate();
  expect([isTicking(), existsSync(file)]).toEqual([false, false]);
  const replica = new TestReplica("app-1");
  recorder.follow(app, replica);
  pass(t0, t0 + 5, () => replica.answer(2));
  replica.answer(7);
  replica.exited = {};
  pass(t0 + 5, t0 + 60);
  expect(isTicking()).toBe(false);
  const points = read({ from: t0, step: 1 }, t0 + 60).get("")!;
  expect(points).toHaveLength(6);
  expect(points.at(-1)).toMatchObject({ at: t0 + 5, requests: 7, replicas: 1 });
  for (const minutes of read({ from: t0 - 7_200, step: 60 }, t0 + 60, true).values()) {
    expect(minutes).toMatchObject([{ at: t0, requests: 17 }]);
  }
  expect(read({ from: t0, step: 1 }, t0 + 60, true).get("app-1")).toHaveLength(6);
});

test("a watcher gets every second, also of an app without replicas, and hears of the end", () => {
  const { recorder, pass, isTicking } = simulate();
  const seen: (number | undefined)[] = [];
  const unwatch = recorder.watch(app, (second) => seen.push(second?.app.at));
  const again = recorder.watch(app, () => {});
  pass(t0, t0 + 2);
  unwatch();
  again();
  pass(t0 + 2, t0 + 3);
  expect([seen, isTicking()]).toEqual([[t0, t0 + 1], false]);
  recorder.watch(app, (second) => seen.push(second?.app.at));
  recorder.remove(app);
  expect(seen.at(-1)).toBeUndefined();
});

test("a restart, also in the middle of a minute, loses nothing; a deleted app is gone", () => {
  const first = simulate();
  const replica = new TestReplica("app-1");
  first.recorder.follow(app, replica);
  first.pass(t0, t0 + 25, () => replica.answer(1));
  replica.exited = {};
  first.recorder.close();
  first.store.close();
  const second = simulate(first.file);
  const other = new TestReplica("app-2");
  second.recorder.follow(app, other);
  second.pass(t0 + 30, t0 + 60, () => other.answer(1));
  const { read } = second;
  expect(sumOf(read({ from: t0, step: 1 }, t0 + 60).get(""))).toBe(55);
  expect(read({ from: t0 - 7_200, step: 60 }, t0 + 60).get("")).toMatchObject([{ at: t0, requests: 55 }]);
  second.recorder.remove(app);
  expect(read({ from: t0, step: 1 }, t0 + 60).size).toBe(0);
});

test("a broken file begins anew, a full one gives up the oldest, and one that cannot be written harms nobody", () => {
  const reported: string[] = [];
  onTestFinished(onUnexpected((where, error) => void reported.push(`${where}: ${String(error)}`)));
  const file = join(tempDirectory(), "metrics.db");
  writeFileSync(file, "this is no database at all, but it is long enough to be taken for one".repeat(100));
  const broken = simulate(file);
  const replica = new TestReplica("app-1");
  broken.recorder.follow(app, replica);
  broken.pass(t0, t0 + 20, () => replica.answer(1));
  expect(sumOf(broken.read({ from: t0, step: 1 }, t0 + 20).get(""))).toBe(20);
  expect(readFileSync(file).subarray(0, 6).toString()).toBe("SQLite");

  const limit = 128 * 1_024;
  const small = simulate(undefined, limit);
  for (let index = 0; index < 20; index += 1) small.recorder.follow(app, new TestReplica(`app-${index}`));
  small.pass(t0, t0 + 1_200);
  expect(statSync(small.file).size).toBeLessThanOrEqual(limit);
  expect(small.read({ from: t0 + 1_190, step: 1 }, t0 + 1_200).get("")).toHaveLength(10);
  expect(reported).toEqual([]);

  const nowhere = simulate(join(tempDirectory(), "no", "such", "directory", "metrics.db"));
  nowhere.recorder.follow(app, replica);
  nowhere.pass(t0, t0 + 40, () => replica.answer(1));
  expect(reported).toHaveLength(1);
  expect(nowhere.isTicking()).toBe(true);
});

test("a full disk costs the metrics of its time, and none that were there", (context) => {
  const reported: string[] = [];
  onTestFinished(onUnexpected((where) => void reported.push(where)));
  const disk = smallDisk(context);
  const { recorder, pass, read } = simulate(join(disk, "metrics.db"));
  const replica = new TestReplica("app-1");
  recorder.follow(app, replica);
  pass(t0, t0 + 120, () => replica.answer(1));
  const filler = fill(disk);
  pass(t0 + 120, t0 + 600, () => replica.answer(1));
  expect(read({ step: 60 }, t0 + 600).size).toBe(1);
  pass(t0 + 600, t0 + 1_200, () => replica.answer(1));
  expect(sumOf(read({ from: t0, to: t0 + 110, step: 1 }, t0 + 1_200).get(""))).toBe(110);
  expect(reported).toEqual([expect.stringMatching(/^Metrics could not be stored in /)]);
  rmSync(filler);
  pass(t0 + 1_200, t0 + 1_260, () => replica.answer(1));
  expect(sumOf(read({ from: t0 + 1_200, step: 1 }, t0 + 1_260).get(""))).toBe(60);
});

/** KiB of a series after an hour: of its seconds, and of a week of minutes like these. */
function kibOf(file: string, replica: string): readonly number[] {
  const database = openDatabase(file, { readOnly: true });
  const rows = database
    .prepare(
      "SELECT step, sum(length(points)) AS bytes FROM series JOIN chunks ON series = series.id WHERE replica = ? GROUP BY step",
    )
    .all(replica);
  database.close();
  const [seconds = 0, minutes = 0] = rows.map((row) => Number(row["bytes"]) / 1_024);
  return [seconds, minutes * 7 * 24].map(Math.round);
}

test("takes the room that the guide of operations says", () => {
  const { recorder, pass, file } = simulate();
  const [busy, idler] = [new TestReplica("busy"), new TestReplica("idle")];
  recorder.follow(app, busy);
  recorder.follow(app, idler);
  const random = new Random(7);
  pass(t0, t0 + 3_600, () => {
    busy.answer(150 + Math.round(random.next() * 50));
    busy.load = {
      ...busy.load,
      rss: 60e6 + random.next() * 10e6,
      latency: busy.load.latency.map(
        (count, bucket) => count + Math.round(8 * random.next() * Math.exp(-((bucket - 24) ** 2) / 50)),
      ),
    };
  });
  recorder.close();
  expect(kibOf(file, "busy")).toEqual([194, 760]);
  expect(kibOf(file, "idle")).toEqual([25, 69]);
});
