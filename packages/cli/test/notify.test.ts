import { EventEmitter, once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { email, slack, webhook } from "@appenv/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { parseNotify } from "../src/options/notify.ts";
import { makeProject, runCli, startCli, type RunningCli } from "./support/cli.ts";

vi.setConfig({ testTimeout: 120_000 });

const always = ["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"] as const;
const url = "https://ada:key@hooks.example.com/T@FAILED/x";

test("--notify makes the rules that notify: makes in code", () => {
  const secret = "{{.Secret.SLACK_URL}}";
  const words = [`webhook=${url}`, `slack=${secret}@FAILED,TIMED_OUT`, "email=me@example.com,you@example.com@ABORTED"];
  expect(words.reduce<ReturnType<typeof parseNotify>>((before, word) => parseNotify(word, before), [])).toEqual([
    webhook({ on: always, url }),
    slack({ on: ["FAILED", "TIMED_OUT"], webhookUrl: secret }),
    email({ on: "ABORTED", recipients: ["me@example.com", "you@example.com"] }),
  ]);
  expect(parseNotify("none")).toEqual([]);
});

test.each([
  ["https://example.com", "It must be webhook=URL"],
  ["sms=123", "It must be webhook=URL"],
  ["webhook=https://example.com@FAILD", "FAILD"],
  ["slack=nowhere", "an http or https URL"],
  ["email=me", "an email address"],
])("--notify %s is refused with what was wrong", (word, message) => {
  expect(() => parseNotify(word)).toThrow(message);
});

const source = `
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskEnvironment, webhook } from "@appenv/core";
import { z } from "zod";
const shop = new TaskEnvironment({ name: "shop" });
const notify = [webhook({ on: "FAILED", url: "http://127.0.0.1:9/of-the-task" })];
export const pack = shop.task({ name: "pack", input: z.object({ grams: z.int() }), notify }, async ({ grams }) => {
  while (!existsSync("go")) await sleep(20);
  throw new RangeError(grams + " g is too much");
});
`;

/** A server that emits what is posted to it. */
async function receiver(): Promise<{ readonly url: string; readonly got: EventEmitter }> {
  const got = new EventEmitter();
  const server = createServer((request, response) => {
    void text(request).then((body) => got.emit("told", JSON.parse(body)));
    response.end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, got };
}

async function up(cwd: string): Promise<RunningCli> {
  const cli = startCli(["up", "--port", "0", "--json"], cwd);
  await cli.until("stdout", "\n");
  return cli;
}

test("run --notify tells of the end in place of what the task states, though the platform was killed meanwhile", async () => {
  const cwd = makeProject({ "tasks.ts": source });
  const { url: hook, got } = await receiver();
  const platform = await up(cwd);
  const words = ["--grams", "5", "--detach", "--json", "--notify", `webhook=${hook}@FAILED`];
  const started = await runCli(["run", "tasks.ts", "pack", "--name", "monday", ...words], cwd);
  expect([started.code, started.stderr.includes("error")]).toEqual([0, false]);
  platform.child.kill("SIGKILL");
  await platform.finished;

  await up(cwd);
  const told = once(got, "told");
  writeFileSync(join(cwd, "go"), "");
  expect(await told).toMatchObject([{ run: "monday", phase: "FAILED", error: expect.stringContaining("5 g") }]);
  const shown = async (name: string): Promise<string> => (await runCli(["get", "run", name], cwd)).stdout;
  await expect
    .poll(() => shown("monday"), { timeout: 30_000 })
    .toMatch(/notifications: delivered to http:\/\/127\.0\.0\.1/);

  const silent = await runCli(["rerun", "monday", "--name", "tuesday", "--notify", "none"], cwd);
  expect(silent.code).toBe(1);
  expect(await shown("tuesday")).not.toContain("notifications");
});
