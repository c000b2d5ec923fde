import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import * as fc from "fast-check";
import { createClient } from "@connectrpc/connect";
import { AppLogService } from "@appenv/protocol";
import { expect, test } from "vitest";
import { AppLog } from "../../src/logs/apps/app-log.ts";
import { encodeLine } from "../../src/logs/log-line.ts";
import { replicaFile } from "../../src/logs/log-paths.ts";
import type { LogPosition } from "../../src/logs/read-before.ts";
import { appInit, startApi } from "../support/api.ts";
import { appId } from "../support/app.ts";

interface Written {
  readonly at: number;
  readonly message: string;
}

const limits = { fileBytes: 1e9, pendingBytes: 1e9, replicas: 10 };

/** A log of these lines, the first part of each in a file that was put aside. */
function logOf(replicas: Readonly<Record<string, readonly Written[]>>): AppLog {
  const directory = join(tempDirectory(), "app");
  mkdirSync(directory, { recursive: true });
  for (const [replica, lines] of Object.entries(replicas)) {
    const text = lines.map(({ at, message }) => encodeLine({ timestamp: new Date(at), stream: "stdout", message }));
    const half = Math.floor(text.length / 3);
    writeFileSync(`${replicaFile(directory, replica)}.1`, text.slice(0, half).join(""));
    writeFileSync(replicaFile(directory, replica), text.slice(half).join(""));
  }
  return new AppLog(directory, limits);
}

async function readAll(log: AppLog, lines: number, bytes: number, text = ""): Promise<readonly string[]> {
  const all: string[] = [];
  let known: ReadonlyMap<string, LogPosition> = new Map();
  for (let pages = 0; pages < 1_000; pages += 1) {
    const page = await log.before(known, { replica: undefined, text, lines, bytes });
    all.unshift(...page.lines.map(({ replica, line }) => `${replica} ${line.timestamp.getTime()} ${line.message}`));
    known = page.next;
    if (known.size === 0) return all;
  }
  throw new Error("it does not end");
}

const line = fc.record({
  step: fc.nat(2),
  message: fc.oneof(
    fc.string({ maxLength: 20 }).map((text) => text.replaceAll(/[\r\n]/g, " ")),
    fc.constantFrom('say "Pear" \\', "x".repeat(40_000)),
  ),
});

test("pages of older lines are all lines, each once, in the order of time, whatever the sizes of pages and lines", async () => {
  const replica = fc.array(line, { maxLength: 30 }).map((lines) => {
    let at = 1_000;
    return lines.map(({ step, message }, index) => ({ at: (at += step), message: `${index} ${message}` }));
  });
  const page = fc.record({ lines: fc.integer({ min: 1, max: 9 }), bytes: fc.constantFrom(1, 50_000, 1e6) });
  await fc.assert(
    fc.asyncProperty(replica, replica, page, fc.constantFrom("", "PEAR"), async (one, two, { lines, bytes }, text) => {
      const read = await readAll(logOf({ one, two }), lines, bytes, text);
      const wanted = ({ message }: Written): boolean => message.toLowerCase().includes(text.toLowerCase());
      const of = (name: string, written: readonly Written[]): string[] =>
        written.filter(wanted).map(({ at, message }) => `${name} ${at} ${message}`);
      expect(read.filter((each) => each.startsWith("one "))).toEqual(of("one", one));
      expect(read.filter((each) => each.startsWith("two "))).toEqual(of("two", two));
      const times = read.map((each) => Number(each.split(" ")[1]));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    }),
    { numRuns: 60 },
  );
});

test("a page of a log of many megabytes begins where the reader is, without what came after", async () => {
  const many = Array.from({ length: 60_000 }, (_, index) => ({
    at: 1_000 + Math.floor(index / 7),
    message: `${index} ${"x".repeat(80)}`,
  }));
  const log = logOf({ one: many });
  const at = many[20_000]!.at;
  const lines = many.filter((each) => each.at === at && Number.parseInt(each.message, 10) >= 20_000).length;
  const page = await log.before(new Map([["one", { at, lines }]]), { replica: "one", text: "", lines: 3, bytes: 1e6 });
  expect(page.lines.map(({ line: { message } }) => Number.parseInt(message, 10))).toEqual([19_997, 19_998, 19_999]);
  const found = await log.before(new Map(), { replica: undefined, text: "12345 X", lines: 9, bytes: 1e6 });
  expect([found.lines.length, found.next.size]).toEqual([1, 0]);
});

test("older lines come over the API, after those that a tail has given, and for an app that is there", async () => {
  const { apps, logs, transport } = await startApi();
  const client = createClient(AppLogService, transport);
  const app = appId("hello");
  await expect(client.readLog({ app })).rejects.toThrow("There is no app 'hello'");
  await apps.create({ app: appInit(app) });
  logs.write(app, "hello-1", "stdout", ["one", "two"]);
  logs.write(app, "hello-1", "stderr", ["three"]);
  const latest = await client.readLog({ app, limit: 2 });
  expect(latest.lines).toMatchObject([{ message: "two" }, { message: "three", stream: "stderr", replica: "hello-1" }]);
  const older = await client.readLog({ app, before: latest.next });
  expect(older).toMatchObject({ lines: [{ message: "one", stream: "stdout" }], next: [] });
});
