import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ActionId } from "@appenv/protocol";
import { describe, expect, it } from "vitest";
import { openActionLogs, type ActionLogLine, type ActionLogs } from "../../src/logs/actions/action-logs.ts";
import { collect } from "../support/collect.ts";
import { fill, smallDisk } from "@appenv-internal/test-support/small-disk";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

const id: ActionId = { project: "flytesnacks", domain: "development", run: "r1", action: "a0" };

function say(logs: ActionLogs, text: string, attempt = 1, stream: ActionLogLine["stream"] = "stdout"): void {
  logs.write(id, attempt, 1_767_323_045_678, stream, text);
}

async function texts(lines: AsyncIterable<ActionLogLine>): Promise<string[]> {
  return (await collect(lines)).map(({ text }) => text);
}

describe("a written line", () => {
  it("is read back as it was, attempt by attempt", async () => {
    const logs = openActionLogs(tempDirectory());
    say(logs, "Grüße 👋");
    say(logs, "again", 10, "stderr");
    say(logs, "broken\nin two", 2, "platform");
    expect(await collect(logs.tail(id))).toEqual([
      { at: 1_767_323_045_678, stream: "stdout", text: "Grüße 👋", attempt: 1 },
      { at: 1_767_323_045_678, stream: "platform", text: "broken\nin two", attempt: 2 },
      { at: 1_767_323_045_678, stream: "stderr", text: "again", attempt: 10 },
    ]);
    expect(await texts(logs.tail(id, { attempt: 2 }))).toEqual(["broken\nin two"]);
    expect(await texts(logs.tail({ ...id, action: "a1" }))).toEqual([]);
    await logs.close();
  });

  it("is in a file that only its owner reads, made with the first line", async () => {
    const directory = join(tempDirectory(), "runs");
    const logs = openActionLogs(directory);
    expect(await texts(logs.tail(id))).toEqual([]);
    expect(existsSync(directory)).toBe(false);
    say(logs, "one");
    await logs.close();
    const file = join(directory, "flytesnacks", "development", "r1", "a0.1.log");
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("is there for the next platform, also after an unfinished line", async () => {
    const directory = tempDirectory();
    const first = openActionLogs(directory);
    say(first, "before");
    await first.close();
    appendFileSync(join(directory, "flytesnacks", "development", "r1", "a0.1.log"), '{"t":17');
    const second = openActionLogs(directory);
    say(second, "after");
    expect(await texts(second.tail(id))).toEqual(["before", "after"]);
    await second.close();
  });

  it("stays below its directory, whatever the names are", async () => {
    const root = tempDirectory();
    const logs = openActionLogs(join(root, "runs"));
    const evil = { project: "..", domain: "../..", run: "a/b\0", action: "../../x" };
    logs.write(evil, 1, 0, "stdout", "inside");
    expect(await texts(logs.tail(evil))).toEqual(["inside"]);
    await logs.remove(evil);
    await logs.close();
    expect(readdirSync(root)).toEqual(["runs"]);
  });

  it("does not mix actions whose names begin alike", async () => {
    const logs = openActionLogs(tempDirectory());
    say(logs, "a0");
    logs.write({ ...id, action: "a0.1" }, 1, 0, "stdout", "a0.1");
    expect(await texts(logs.tail(id))).toEqual(["a0"]);
    await logs.close();
  });

  it("survives lines longer than any buffer", async () => {
    const logs = openActionLogs(tempDirectory());
    const long = "\u0001".repeat(65_536);
    say(logs, long);
    say(logs, "short");
    expect(await texts(logs.tail(id))).toEqual([long, "short"]);
    await logs.close();
  });
});

describe("following", () => {
  it("gives the lines that are there, then new ones, to the end of the action", async () => {
    const logs = openActionLogs(tempDirectory());
    say(logs, "first");
    const following = logs.tail(id, { follow: true });
    expect((await following.next()).value).toMatchObject({ text: "first" });
    const next = following.next();
    say(logs, "second");
    expect((await next).value).toMatchObject({ text: "second", attempt: 1 });
    say(logs, "third", 2);
    logs.ended(id);
    expect(await texts(following)).toEqual(["third"]);
    await logs.close();
  });

  it("begins before the first line, and ends by its signal with everything written before", async () => {
    const logs = openActionLogs(tempDirectory());
    const stop = new AbortController();
    const following = texts(logs.tail(id, { follow: true, signal: stop.signal }));
    say(logs, "one");
    say(logs, "two");
    stop.abort();
    expect(await following).toEqual(["one", "two"]);
    await logs.close();
  });

  it("misses nothing and repeats nothing while lines are written", async () => {
    const logs = openActionLogs(tempDirectory());
    const all = Array.from({ length: 5_000 }, (_, index) => `line ${index}`);
    const readers: Promise<string[]>[] = [];
    for (const [index, line] of all.entries()) {
      say(logs, line);
      if (index % 1_000 === 0) readers.push(texts(logs.tail(id, { follow: true })));
      if (index % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    logs.ended(id);
    for (const read of await Promise.all(readers)) expect(read).toEqual(all);
    await logs.close();
  });

  it("ends when the logs are closed or removed", async () => {
    const logs = openActionLogs(tempDirectory());
    const removed = texts(logs.tail(id, { follow: true }));
    say(logs, "gone");
    await logs.remove(id);
    expect((await removed).length).toBeLessThanOrEqual(1);
    const closed = texts(logs.tail(id, { follow: true }));
    await logs.close();
    expect(await closed).toEqual([]);
  });
});

describe("limits", () => {
  it("keeps the beginning of a log that is too long, says how much is left out, and keeps the platform's lines", async () => {
    const directory = tempDirectory();
    const logs = openActionLogs(directory, { attemptBytes: 2_000 });
    for (let index = 0; index < 100; index += 1) say(logs, `line ${index} ${"x".repeat(50)}`);
    say(logs, "it failed", 1, "platform");
    logs.ended(id);
    const read = await texts(logs.tail(id));
    const kept = read.filter((text) => text.startsWith("line "));
    expect(kept.length).toBeGreaterThan(10);
    expect(read.slice(kept.length)).toEqual([
      expect.stringMatching(/^The log is full/),
      "it failed",
      `${100 - kept.length} lines (0.0 MiB) left out: the log was full`,
    ]);
    expect(statSync(join(directory, "flytesnacks", "development", "r1", "a0.1.log")).size).toBeLessThan(3_000);
    await logs.close();
  });

  it("loses lines, and says so, when more waits for the disk than may", async () => {
    const logs = openActionLogs(tempDirectory(), { pendingBytes: 1_000 });
    for (let index = 0; index < 100; index += 1) say(logs, "x".repeat(100));
    const read = await texts(logs.tail(id));
    expect(read[0]).toMatch(/^\d+ lines lost: the disk is too slow$/);
    say(logs, "later");
    expect((await texts(logs.tail(id))).at(-1)).toBe("later");
    await logs.close();
  });

  it("goes on where the directory was taken away", async () => {
    const directory = tempDirectory();
    const logs = openActionLogs(directory);
    say(logs, "one");
    await collect(logs.tail(id));
    rmSync(join(directory, "flytesnacks"), { recursive: true });
    say(logs, "two");
    expect(await texts(logs.tail(id))).toEqual(["two"]);
    await logs.close();
  });

  it("counts lines that cannot be written, and says so in the next line that can", async () => {
    const directory = tempDirectory();
    const logs = openActionLogs(directory);
    mkdirSync(join(directory, "flytesnacks", "development", "r1", "a0.1.log"), { recursive: true });
    say(logs, "one");
    expect(await texts(logs.tail(id))).toEqual([]);
    rmSync(join(directory, "flytesnacks"), { recursive: true });
    say(logs, "two");
    expect(await texts(logs.tail(id))).toEqual(["1 line lost: EISDIR", "two"]);
    await logs.close();
  });

  it("stands a full disk", async (context) => {
    const directory = smallDisk(context);
    const logs = openActionLogs(directory);
    say(logs, "before");
    expect(await texts(logs.tail(id))).toEqual(["before"]);
    const filler = fill(directory);
    for (let index = 0; index < 200; index += 1) say(logs, "x".repeat(1_000));
    expect((await texts(logs.tail(id)))[0]).toBe("before");
    rmSync(filler);
    say(logs, "after");
    const read = await texts(logs.tail(id));
    expect(read).toEqual(["before", "200 lines lost: disk full", "after"]);
    await logs.close();
  });

  it("removes a run and leaves the others", async () => {
    const directory = tempDirectory();
    const logs = openActionLogs(directory);
    say(logs, "one");
    logs.write({ ...id, run: "r2" }, 1, 0, "stdout", "two");
    await logs.remove(id);
    expect(await texts(logs.tail(id))).toEqual([]);
    expect(await texts(logs.tail({ ...id, run: "r2" }))).toEqual(["two"]);
    await logs.close();
    expect(readdirSync(join(directory, "flytesnacks", "development"))).toEqual(["r2"]);
    expect(readFileSync(join(directory, "flytesnacks", "development", "r2", "a0.1.log"), "utf8")).toContain("two");
  });
});
