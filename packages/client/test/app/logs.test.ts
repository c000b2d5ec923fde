import { type TailLogsResponse, LogLineOriginator, LogLinesBatchSchema } from "@appenv/protocol";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { App } from "../../src/app/app.ts";
import type { LogEntry, LogsOptions } from "../../src/app/logs.ts";
import { deploy } from "../../src/serve/serve.ts";
import { errorOf } from "../support/error-of.ts";
import { environment } from "../support/environment.ts";
import { FakeControlPlane, type FakeOptions } from "../support/fake-control-plane.ts";

type Tail = NonNullable<FakeOptions["tail"]>;

/** Lines of one replica, a second apart beginning with `second`. */
function lines(replica: string, second: number, ...messages: string[]): TailLogsResponse["resp"] {
  const structuredLines = messages.map((message, index) => ({
    message,
    timestamp: { seconds: BigInt(second + index), nanos: 0 },
    originator: message.startsWith("platform") ? LogLineOriginator.SYSTEM : LogLineOriginator.USER,
  }));
  return {
    case: "batches",
    value: create(LogLinesBatchSchema, { logs: [{ replicaId: { name: replica }, structuredLines }] }),
  };
}

const caughtUp: TailLogsResponse["resp"] = { case: "batches", value: create(LogLinesBatchSchema) };

async function read(tail: Tail, options: LogsOptions, count = Number.POSITIVE_INFINITY): Promise<LogEntry[]> {
  await using fake = await FakeControlPlane.start({ home: "/somewhere", tail });
  await deploy([environment()], { endpoint: fake.endpoint });
  const app = await App.get("plain", { endpoint: fake.endpoint });
  const entries: LogEntry[] = [];
  for await (const entry of app.logs(options)) if (entries.push(entry) === count) break;
  return entries;
}

const messages = (entries: readonly LogEntry[]): string[] => entries.map(({ message }) => message);

test("reads what is there, and ends where the platform says that this is all", async () => {
  const entries = await read(
    async function* () {
      yield lines("r1", 1, "a", "platform: replaced");
      yield caughtUp;
      await new Promise(() => {});
    },
    { limit: 5 },
  );
  expect(entries).toEqual([
    { timestamp: new Date(1000), replica: "r1", message: "a", stream: "app" },
    { timestamp: new Date(2000), replica: "r1", message: "platform: replaced", stream: "platform" },
  ]);
});

test("gives only the last lines", async () => {
  const entries = await read(
    async function* () {
      yield lines("r1", 1, "a", "b", "c", "d");
    },
    { limit: 2 },
  );
  expect(messages(entries)).toEqual(["c", "d"]);
});

test("goes on across rollouts without a line twice", async () => {
  const entries = await read(
    async function* (stream) {
      if (stream === 1) yield lines("r1", 1, "a", "b");
      else if (stream === 2) {
        yield lines("r1", 1, "a", "b", "c");
        yield lines("r2", 2, "hello");
        yield caughtUp;
      } else {
        yield lines("r2", 2, "hello");
        yield lines("r2", 2, "hello");
        yield caughtUp;
        yield lines("r2", 3, "end");
        await new Promise(() => {});
      }
    },
    { follow: true },
    6,
  );
  // The second `hello` of the same moment was written after the first was read.
  expect(messages(entries)).toEqual(["a", "b", "c", "hello", "hello", "end"]);
});

test("waits for a replica where the backend says NOT_FOUND at zero", async () => {
  const entries = await read(
    async function* (stream) {
      if (stream === 1) throw new ConnectError("no replicas", Code.NotFound);
      yield lines("r1", 1, "awake");
    },
    { follow: true },
    1,
  );
  expect(messages(entries)).toEqual(["awake"]);
});

test("ends quietly when it is told to, and with an error when the app is gone", async () => {
  await using fake = await FakeControlPlane.start({
    home: "/somewhere",
    tail: async function* (stream) {
      if (stream === 1) yield lines("r1", 1, "a");
      throw new ConnectError("no replicas", Code.NotFound);
    },
  });
  await deploy([environment()], { endpoint: fake.endpoint });
  const app = await App.get("plain", { endpoint: fake.endpoint });
  const stop = new AbortController();
  for await (const _ of app.logs({ follow: true, signal: stop.signal })) stop.abort();
  fake.apps.clear();
  expect((await errorOf(app.logs().next())).code).toBe("NOT_FOUND");
});
