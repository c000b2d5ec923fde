import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deployAll, loadEnvironments } from "@appenv/client/internal";
import { Task, type Run } from "@appenv/client/tasks";
import type { ActionProgress, RunSnapshot } from "@appenv/core";
import { followSocket, type SocketMessage } from "@appenv-internal/test-support/socket-reader";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, onTestFinished, test, vi } from "vitest";
import { KilledPlatform } from "./platform-process.ts";

async function openPlatform(): Promise<KilledPlatform> {
  const home = join(tempDirectory(), ".appenv");
  vi.stubEnv("APPENV_HOME", home);
  onTestFinished(() => void vi.unstubAllEnvs());
  const platform = new KilledPlatform(home);
  platform.start();
  await platform.up();
  const { environments } = await loadEnvironments(fileURLToPath(new URL("fixtures/stream-tasks.ts", import.meta.url)));
  await deployAll([...environments.values()]);
  return platform;
}

const start = async (task: string, inputs: Record<string, unknown>): Promise<Run> =>
  (await Task.get(`writers.${task}`)).run(inputs);

const statusOf = async (path: string, headers = {}): Promise<number> => (await fetch(path, { headers })).status;

test("a reader gets every value once and in order though the platform is killed", { timeout: 120_000 }, async () => {
  const platform = await openPlatform();
  const count = 300;
  const [numbers, words] = await Promise.all([start("numbers", { count }), start("words", { count })]);
  const kills = [20, 90, 200];
  const seen: [number, unknown][] = [];
  const readNumbers = async (): Promise<void> => {
    for await (const { offset, value } of numbers.stream("numbers")) {
      seen.push([offset, value]);
      if (value !== kills[0]) continue;
      kills.shift();
      await platform.kill();
      platform.start();
    }
  };
  const { project, domain } = numbers.id;
  const urlOf = async ({ name }: Run, stream: string): Promise<string> =>
    `${await platform.up()}/streams/${project}/${domain}/${name}/${stream}`;
  // The same over WebSockets: they break with the platform too, and go on behind the last offset.
  const overSockets: [unknown, unknown][] = [];
  const readSockets = async (): Promise<void> => {
    for await (const { type, offset, value } of followSocket(() => urlOf(numbers, "numbers"))) {
      if (type === "value") overSockets.push([offset, value]);
    }
  };
  let heard: SocketMessage[] = [];
  const readHeard = async (): Promise<void> => {
    for await (const message of followSocket(() => urlOf(words, "words"))) {
      if (message.type === "restart") heard = heard.filter(({ section }) => section !== message["replaces"]);
      if (message.type === "value") heard.push(message);
    }
  };
  let restarts = 0;
  let text = "";
  const onRestart = (): void => {
    restarts += 1;
    text = "";
  };
  const readWords = async (): Promise<void> => {
    for await (const { value } of words.stream<string>("words", { onRestart })) text += value;
  };
  const notes: ActionProgress[] = [];
  const watchNotes = async (): Promise<void> => {
    for await (const actions of numbers.watchProgress()) notes.push(...actions);
  };
  const snapshots: RunSnapshot[] = [];
  const watchRun = async (): Promise<void> => {
    for await (const snapshot of numbers.watch({ progress: true })) snapshots.push(snapshot);
  };
  const { token, url: readable } = await numbers.readToken();
  await Promise.all([readNumbers(), readWords(), watchNotes(), readSockets(), readHeard(), watchRun()]);
  expect(kills).toEqual([]);
  expect(seen).toEqual(Array.from({ length: count }, (_, number) => [number, number]));
  expect(overSockets).toEqual(seen);
  expect(text).toBe(await words.outputs());
  expect(heard.map(({ value }) => value).join("")).toBe(text);
  expect(restarts).toBeGreaterThan(0);
  expect(notes.at(-1)).toEqual({
    action: "a0",
    progress: { done: count, total: count, message: "" },
    metadata: { written: count },
  });
  expect(snapshots.at(-1)).toEqual({
    phase: "SUCCEEDED",
    progress: notes.at(-1)?.progress,
    metadata: notes.at(-1)?.metadata,
    changed: [],
  });
  expect(await numbers.outputs()).toBe(count);
  // A token outlives the process that made it.
  const { pathname } = new URL(readable);
  const shown = await fetch(`${await platform.up()}${pathname}?token=${token}`, {
    headers: { origin: "https://a.example" },
  });
  expect([shown.status, await shown.json()]).toMatchObject([200, { phase: "SUCCEEDED", output: count }]);
  expect(platform.errors.join("")).not.toContain(token);
  // One that reads from an offset later, and one that only looks.
  const rest: unknown[] = [];
  for await (const { value } of numbers.stream("numbers", { from: count - 2, follow: false })) rest.push(value);
  expect(rest).toEqual([count - 2, count - 1]);
  expect(await numbers.streams()).toMatchObject([{ name: "numbers", entries: count + 1, closed: true }]);

  // As server-sent events, after the last one that the reader had.
  const url = await urlOf(numbers, "numbers");
  const events = await fetch(url, { headers: { "last-event-id": String(count - 2) } });
  expect([events.headers.get("content-type"), await events.text()]).toEqual([
    "text/event-stream",
    `id: ${count - 1}\ndata: {"value":${count - 1},"action":"a0","section":0}\n\nevent: end\ndata: {"reason":"closed"}\n\n`,
  ]);
  expect([
    await statusOf(`${url}?from=some`),
    await statusOf(url.replace(numbers.name, "nothing")),
    await statusOf(url, { origin: "http://example.com" }),
    await statusOf(url, { "x-forwarded-for": "192.0.2.1" }),
  ]).toEqual([400, 404, 403, 401]);

  const tooMuch = await start("too_much", {});
  expect(await tooMuch.wait({ throws: false })).toBe("FAILED");
  const root = await tooMuch.action("a0");
  expect([root.attempts, root.failure?.code]).toEqual([1, "STREAM_LIMIT"]);
  expect(await platform.close()).toBe(0);
});
