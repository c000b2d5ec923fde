import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { LogBatch, LogLine } from "../../src/logs/log-line.ts";
import { openLogs, type Logs } from "../../src/logs/apps/app-logs.ts";
import type { LogLimits } from "../../src/logs/apps/app-log.ts";
import { FollowQueue } from "../../src/logs/apps/follow-queue.ts";
import { appId } from "../support/app.ts";
import { collect } from "../support/collect.ts";
import { fill, smallDisk } from "@appenv-internal/test-support/small-disk";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

const app = appId();

function open(root: string, limits: Partial<LogLimits> = {}): Logs {
  const logs = openLogs(root, limits);
  onTestFinished(() => logs.close());
  return logs;
}

/** `replica message` of each line. */
async function history(logs: Logs, options: Parameters<Logs["tail"]>[1] = {}): Promise<string[]> {
  return flat((await collect(logs.tail(app, options))).flat());
}

function flat(batches: readonly LogBatch[]): string[] {
  return batches.flatMap(({ replica, lines }) => lines.map(({ message }) => `${replica} ${message}`));
}

function repeated(message: string, count: number): LogLine[] {
  return Array.from({ length: count }, () => ({ timestamp: new Date(), stream: "stdout", message }));
}

function directoryOf(root: string): string {
  return join(root, "flytesnacks", "development", "hello-app");
}

describe("writing", () => {
  test("keeps order, streams and Unicode, one JSON object a line, in private files", async () => {
    const root = tempDirectory();
    const logs = open(root);
    for (let index = 0; index < 500; index += 1) logs.write(app, "r1", "stdout", [`line ${index}`]);
    logs.write(app, "r1", "stderr", ["Grüße 🎉", 'a "quote"\u2028']);
    logs.write(app, "r1", "platform", ["replica ready"]);
    await logs.close();
    const file = join(directoryOf(root), "r1.log");
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(503);
    expect(JSON.parse(lines[499] ?? "")).toEqual({ t: expect.any(Number), s: "stdout", m: "line 499" });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const batches = (await collect(open(root).tail(app, { limit: 4 }))).flat();
    expect(batches.flatMap(({ lines: tail }) => tail.map(({ stream, message }) => [stream, message]))).toEqual([
      ["stdout", "line 499"],
      ["stderr", "Grüße 🎉"],
      ["stderr", 'a "quote"\u2028'],
      ["platform", "replica ready"],
    ]);
  });

  test("cuts a line at 64 KiB, between two characters", async () => {
    const logs = open(tempDirectory());
    logs.write(app, "r1", "stdout", ["€".repeat(40_000), "x".repeat(65_536)]);
    const [[batch] = []] = await collect(logs.tail(app));
    expect(batch?.lines[0]?.message).toBe("€".repeat(21_845));
    expect(batch?.lines[1]?.message).toHaveLength(65_536);
  });

  test("puts a full file aside and keeps two", async () => {
    const root = tempDirectory();
    const logs = open(root, { fileBytes: 2000 });
    for (let index = 0; index < 200; index += 1) {
      logs.write(app, "r1", "stdout", [`line ${index}`]);
      await logs.replicas(app);
    }
    const files = readdirSync(directoryOf(root)).toSorted();
    expect(files).toEqual(["r1.log", "r1.log.1"]);
    for (const file of files) expect(statSync(join(directoryOf(root), file)).size).toBeLessThanOrEqual(2000);
    const lines = await history(logs);
    expect(lines.at(-1)).toBe("r1 line 199");
    expect(lines.length).toBeGreaterThan(45);
    expect(lines).toEqual(lines.map((_, index) => `r1 line ${200 - lines.length + index}`));
  });

  test("keeps the newest replicas", async () => {
    const root = tempDirectory();
    mkdirSync(directoryOf(root), { recursive: true });
    for (let index = 1; index <= 14; index += 1) {
      const file = join(directoryOf(root), `old-${index}.log`);
      writeFileSync(file, `${JSON.stringify({ t: index, s: "stdout", m: "old" })}\n`);
      utimesSync(file, index, index);
    }
    const logs = open(root);
    logs.write(app, "new", "stdout", ["hello"]);
    const kept = [14, 13, 12, 11, 10, 9, 8, 7, 6].map((index) => `old-${index}`);
    expect(await logs.replicas(app)).toEqual([...kept, "new"].toSorted());
  });

  test("stays inside its directory whatever the names are", async () => {
    const outer = tempDirectory();
    const root = join(outer, "logs");
    const logs = open(root);
    const id = { project: "..", domain: "../../etc", name: ".." };
    logs.write(id, "../../../escaped", "stdout", ["one"]);
    logs.write(id, "", "stdout", ["two"]);
    logs.write(id, "\0\ud800", "stdout", ["three"]);
    const batches = (await collect(logs.tail(id))).flat();
    expect(flat(batches).map((line) => line.split(" ").at(-1))).toEqual(["one", "two", "three"]);
    expect(readdirSync(outer)).toEqual(["logs"]);
    const [first] = readdirSync(root);
    expect(first).toBe("%2E%2E");
  });

  test("goes on after an unfinished line that a killed platform left", async () => {
    const root = tempDirectory();
    mkdirSync(directoryOf(root), { recursive: true });
    writeFileSync(join(directoryOf(root), "r1.log"), `{"t":1,"s":"stdout","m":"whole"}\n{"t":2,"s":"std`);
    const logs = open(root);
    logs.write(app, "r1", "stdout", ["next"]);
    await logs.replicas(app);
    expect(await history(logs)).toEqual(["r1 whole", "r1 next"]);
  });

  test("counts lost lines when more wait than memory may hold", async () => {
    const logs = open(tempDirectory(), { pendingBytes: 1000 });
    logs.write(
      app,
      "r1",
      "stdout",
      Array.from({ length: 100 }, (_, index) => `line ${index}`),
    );
    await logs.replicas(app);
    const lines = await history(logs);
    expect(lines.at(-1)).toBe("r1 line 99");
    expect(lines[0]).toBe(`r1 ${101 - lines.length} lines lost: the disk is too slow`);
  });

  test("says how many lines a full disk cost, in the next line that fits", async (context) => {
    const disk = smallDisk(context);
    const logs = open(disk);
    logs.write(app, "r1", "stdout", ["before"]);
    await logs.replicas(app);
    const filler = fill(disk);
    logs.write(app, "r1", "stdout", ["x".repeat(9000), "lost too"]);
    await logs.replicas(app);
    logs.write(
      app,
      "r1",
      "stdout",
      Array.from({ length: 5 }, () => "y".repeat(9000)),
    );
    await logs.replicas(app);
    rmSync(filler);
    logs.write(app, "r1", "stdout", ["after"]);
    expect(await history(logs)).toEqual(["r1 before", "r1 7 lines lost: disk full", "r1 after"]);
  });
});

describe("reading", () => {
  test("merges replicas by time, limits, and takes one replica alone", async () => {
    const root = tempDirectory();
    mkdirSync(directoryOf(root), { recursive: true });
    const file = (replica: string, times: readonly number[]) =>
      writeFileSync(
        join(directoryOf(root), `${replica}.log`),
        times.map((t) => `${JSON.stringify({ t, s: "stdout", m: `at ${t}` })}\n`).join(""),
      );
    file("r1", [1, 3, 5, 6]);
    file("r2", [2, 4, 7]);
    const logs = open(root);
    expect(await history(logs, { limit: 5 })).toEqual(["r1 at 3", "r2 at 4", "r1 at 5", "r1 at 6", "r2 at 7"]);
    expect(await history(logs, { replica: "r2" })).toEqual(["r2 at 2", "r2 at 4", "r2 at 7"]);
    expect(await history(logs, { replica: "r3" })).toEqual([]);
    expect(await collect(logs.tail(appId("unknown")))).toEqual([[]]);
  });

  test("finds the last lines of a file much larger than a chunk", async () => {
    const logs = open(tempDirectory());
    logs.write(
      app,
      "r1",
      "stdout",
      Array.from({ length: 3000 }, (_, index) => `${"é".repeat(50)} ${index}`),
    );
    await logs.replicas(app);
    const lines = await history(logs);
    expect(lines).toHaveLength(1000);
    expect(lines[0]).toBe(`r1 ${"é".repeat(50)} 2000`);
  });

  test("follows all replicas, also new ones, without a gap or a repetition", async () => {
    const logs = open(tempDirectory());
    const end = new AbortController();
    const expected = 3 * 400;
    const lines: string[] = [];
    const writing = async (replica: string) => {
      for (let index = 0; index < 400; index += 1) {
        logs.write(app, replica, "stdout", [`line ${index}`]);
        if (index % 7 === 0) await new Promise(setImmediate);
      }
    };
    const first = writing("r1");
    await new Promise(setImmediate);
    const reading = (async () => {
      for await (const batches of logs.tail(app, { follow: true, limit: 10_000, signal: end.signal })) {
        lines.push(...flat(batches));
        if (lines.length >= expected) end.abort();
      }
    })();
    await Promise.all([first, writing("r2"), writing("r3"), reading]);
    for (const replica of ["r1", "r2", "r3"]) {
      const own = lines.filter((line) => line.startsWith(replica));
      expect(own).toEqual(Array.from({ length: 400 }, (_, index) => `${replica} line ${index}`));
    }
  });

  test("ends when its reader goes, when it is aborted, and when the platform closes", async () => {
    const logs = open(tempDirectory());
    logs.write(app, "r1", "stdout", ["one"]);
    for await (const batches of logs.tail(app, { follow: true })) {
      expect(flat(batches)).toEqual(["r1 one"]);
      break;
    }
    expect(await history(logs, { follow: true, signal: AbortSignal.abort() })).toEqual([]);
    const waiting = logs.tail(app, { follow: true });
    expect(flat((await waiting.next()).value ?? [])).toEqual(["r1 one"]);
    const next = waiting.next();
    await logs.close();
    expect((await next).done).toBe(true);
  });

  test("skips the oldest for a reader who is too slow, and says so", async () => {
    const queue = new FollowQueue(10);
    queue.lines({ replica: "r1", lines: repeated("old", 8) });
    queue.lines({ replica: "r1", lines: repeated("new", 5) });
    const taken = flat((await queue.takeAll()) ?? []);
    expect(taken[0]).toBe("r1 8 lines skipped: they came faster than they were read");
    expect(taken.slice(1)).toEqual(Array.from({ length: 5 }, () => "r1 new"));
  });

  test("forgets removed logs and keeps lines that are written afterwards", async () => {
    const root = tempDirectory();
    const logs = open(root);
    logs.write(app, "r1", "stdout", ["old"]);
    const follower = logs.tail(app, { follow: true });
    await follower.next();
    const next = follower.next();
    logs.write(app, "r2", "stdout", ["old, waiting"]);
    logs.remove(app);
    logs.write(app, "r3", "stdout", ["new"]);
    await next;
    expect(await history(logs)).toEqual(["r3 new"]);
    expect(existsSync(join(directoryOf(root), "r1.log"))).toBe(false);
  });
});
