import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { reservedPort } from "@appenv-internal/test-support/reserved-port";
import { expect, test, vi } from "vitest";
import { makeProject, runCli, startCli, startNode, type RunningCli } from "./support/cli.ts";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 120_000 });

/** Tasks and an app that note what they do, and go on when a file is there. */
const service = (port: number): string => `
import { appendFileSync, existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvironment, TaskEnvironment } from "@appenv/core";
import { z } from "zod";

const note = (what: string) => appendFileSync("journal.txt", what + "\\n");
const until = async (file: string) => {
  while (!existsSync(file)) await sleep(20);
};

export const tasks = new TaskEnvironment({ name: "billing" });
export const price = tasks.task({ name: "price", input: z.object({ item: z.string() }), output: z.int() }, async ({ item }) => {
  note("price of " + item);
  await until("go-" + item);
  return item.length * 100;
});
const Bill = z.object({ cents: z.int(), due: z.date() });
export const bill = tasks.task(
  { name: "bill", input: z.object({ item: z.string(), due: z.date() }), output: Bill },
  async ({ item, due }) => ({ cents: await price({ item }), due }),
);

const text = { responses: { 200: { description: "", content: { "text/plain": { schema: { type: "string" } } } } } };
const document = {
  openapi: "3.1.0",
  info: { title: "shop", version: "1" },
  paths: { "/orders": { post: text }, "/slow": { get: text } },
};
export const shop = new AppEnvironment({ name: "shop", port: ${port}, dependsOn: [tasks] });
shop.server(() => async (request, response) => {
  note(request.method + " " + request.url);
  response.setHeader("content-type", "text/plain");
  if (request.url === "/openapi.json") {
    if (existsSync("hold-document")) await until("go-document");
    return response.setHeader("content-type", "application/json").end(JSON.stringify(document));
  }
  if (existsSync("hold-requests")) await until("go-requests");
  response.end("done: " + request.method);
});
`;

interface Project {
  readonly cwd: string;
  readonly platform: RunningCli;
  /** Resolves when the tasks and the app have noted a line. */
  noted(line: string, times?: number): Promise<void>;
}

/** A project whose service is served, and that has a client for it. */
async function makeServed(files: Readonly<Record<string, string>> = {}): Promise<Project> {
  const cwd = makeProject({ "service.ts": service(await reservedPort()), "journal.txt": "", ...files });
  const platform = await up(cwd);
  const served = await runCli(["serve", "service.ts", "shop", "--json"], cwd);
  expect([served.code, served.stderr]).toEqual([0, ""]);
  const written = await runCli(["gen", "client", "--output", "client.ts", "--json"], cwd);
  expect(JSON.parse(written.stdout)).toMatchObject({ tasks: ["billing.bill", "billing.price"], apps: ["shop"] });
  const lines = (): readonly string[] => readFileSync(join(cwd, "journal.txt"), "utf8").split("\n");
  const noted = (line: string, times = 1): Promise<void> =>
    expect.poll(() => lines().filter((each) => each === line).length, { timeout: 60_000 }).toBe(times);
  return { cwd, platform, noted };
}

/** Any port: the next platform of the directory is at another one. */
async function up(cwd: string): Promise<RunningCli> {
  const cli = startCli(["up", "--port", "0", "--json"], cwd);
  await cli.until("stdout", "\n");
  return cli;
}

async function kill({ child, finished }: RunningCli): Promise<void> {
  child.kill("SIGKILL");
  await finished;
}

async function runsOf(cwd: string): Promise<readonly { readonly phase: string }[]> {
  return JSON.parse((await runCli(["get", "run", "--limit", "100", "--json"], cwd)).stdout);
}

const waiting = `
import { tasks } from "./client.ts";
const due = new Date("2026-12-31");
const run = await tasks.run("billing.bill", { item: "kettle", due });
const phases: string[] = [];
const watched = (async () => { for await (const phase of run.watch()) phases.push(phase); })();
const called = tasks.call("billing.bill", { item: "lamp", due });
const [first, second] = await Promise.all([run.outputs(), called]);
await watched;
console.log(JSON.stringify([first.cents, first.due.getTime() === due.getTime(), second.cents, phases.at(-1)]));
`;

test("runs that a generated client waits for outlive kill -9 of the platform, and give their values once", async () => {
  const { cwd, platform, noted } = await makeServed({ "waiting.ts": waiting });
  const program = startNode(["waiting.ts"], cwd);
  await Promise.all([noted("price of kettle"), noted("price of lamp")]);
  await kill(platform);
  for (const item of ["kettle", "lamp"]) writeFileSync(join(cwd, `go-${item}`), "");
  await up(cwd);
  expect(await program.finished).toEqual({ code: 0, stdout: '[600,true,400,"SUCCEEDED"]\n', stderr: "" });
  await Promise.all([noted("price of kettle", 2), noted("price of lamp", 2)]);
  expect(await runsOf(cwd)).toMatchObject([{ phase: "SUCCEEDED" }, { phase: "SUCCEEDED" }]);
});

/** Six callers that start ten runs each, one after the other, and each until it is accepted. After the fifth they kill the platform. */
const starting = `
import { setTimeout as sleep } from "node:timers/promises";
import { AppEnvError } from "@appenv/core";
import { tasks } from "./client.ts";
const errors = new Set<string>();
const start = async (order: number) => {
  for (;;) {
    try {
      return await tasks.run("billing.price", { item: "cup" }, { idempotencyKey: "order-" + order });
    } catch (error) {
      if (!AppEnvError.is(error, "UNREACHABLE")) throw error;
      errors.add(error.message.replace(/(http|unix):[^ ,]*[^ ,.]/g, "URL") + " | " + error.fix);
      await sleep(50);
    }
  }
};
let accepted = 0;
const runs: Awaited<ReturnType<typeof start>>[] = [];
const caller = async (_: unknown, index: number) => {
  for (let order = index; order < 60; order += 6) {
    const run = await start(order);
    if ((accepted += 1) === 5) process.kill(Number(process.argv[2]), "SIGKILL");
    runs.push(run);
  }
};
await Promise.all(Array.from({ length: 6 }, caller));
const values = await Promise.all(runs.map((run) => run.outputs()));
console.log(JSON.stringify([values, [...errors]]));
`;

test("a start that was cut and is asked for again with its key makes one run", async () => {
  const { cwd, platform } = await makeServed({ "starting.ts": starting, "go-cup": "" });
  const program = startNode(["starting.ts", String(platform.child.pid)], cwd);
  await platform.finished;
  await up(cwd);
  const { code, stdout, stderr } = await program.finished;
  expect([code, stderr]).toEqual([0, ""]);
  const [values, errors] = JSON.parse(stdout);
  expect(values).toEqual(Array.from({ length: 60 }, () => 300));
  expect(errors).not.toEqual([]);
  for (const error of errors) expect(error).toContain("Start one with `appenv up`");
  expect((await runsOf(cwd)).map(({ phase }) => phase)).toEqual(Array.from({ length: 60 }, () => "SUCCEEDED"));
});

/** A GET and a POST that the app is busy with, and then one more of each when there is no platform. */
const calling = `
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { shop } from "./client.ts";
const told = (error: any) => error.code + " " + error.message.includes("POST") + " " + error.message.includes("shop");
const read = shop.request("GET /slow");
const ordered = shop.request("POST /orders").catch(told);
console.log(await ordered);
const late = shop.request("POST /orders");
console.log("asked");
console.log(JSON.stringify([await read, await late]));
`;

test("calls of an app by a generated client outlive kill -9 of the platform, and no order is sent twice", async () => {
  const { cwd, platform, noted } = await makeServed({ "calling.ts": calling });
  writeFileSync(join(cwd, "hold-requests"), "");
  const program = startNode(["calling.ts"], cwd);
  await Promise.all([noted("GET /slow"), noted("POST /orders")]);
  await kill(platform);
  await program.until("stdout", "asked");
  writeFileSync(join(cwd, "go-requests"), "");
  await up(cwd);
  expect(await program.finished).toMatchObject({
    code: 0,
    stdout: 'CALL_FAILED true true\nasked\n["done: GET","done: POST"]\n',
    stderr: "",
  });
  await noted("POST /orders", 2);
  await noted("GET /slow", 2);
});

/** The names of files beside the client that were not there before. */
function leftOvers(cwd: string): readonly string[] {
  return readdirSync(cwd).filter((name) => name.startsWith("client.ts") && name !== "client.ts");
}

test("gen client keeps the file as it was when the platform is killed meanwhile, and writes all of it when it is back", async () => {
  const { cwd, platform, noted } = await makeServed();
  const before = readFileSync(join(cwd, "client.ts"), "utf8");
  writeFileSync(join(cwd, "hold-document"), "");
  writeFileSync(join(cwd, "client.ts"), "old");
  const gone = startCli(["gen", "client", "--output", "client.ts", "--json"], cwd);
  await noted("GET /openapi.json", 2);
  await kill(platform);
  const { code, stderr } = await gone.finished;
  expect([code, JSON.parse(stderr).error]).toMatchObject([1, { code: "UNREACHABLE" }]);
  expect([readFileSync(join(cwd, "client.ts"), "utf8"), leftOvers(cwd)]).toEqual(["old", []]);

  const second = await up(cwd);
  const back = startCli(["gen", "client", "--output", "client.ts", "--json"], cwd);
  await noted("GET /openapi.json", 3);
  writeFileSync(join(cwd, "go-document"), "");
  expect((await back.finished).code).toBe(0);
  expect([readFileSync(join(cwd, "client.ts"), "utf8"), leftOvers(cwd)]).toEqual([before, []]);
  expect((await second.stop()).code).toBe(0);
});

/** Ends the process, as `kill -9` does, when half of the client is written. */
const killer = `
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
const { writeFile } = fs;
fs.writeFile = async (file, text, options) => {
  if (!file.includes("client.ts")) return writeFile(file, text, options);
  await writeFile(file, text.slice(0, text.length / 2), options);
  process.kill(process.pid, "SIGKILL");
};
syncBuiltinESMExports();
`;

test("gen client that is killed itself in the middle of writing leaves the old file", async () => {
  const { cwd } = await makeServed({ "killer.ts": killer });
  writeFileSync(join(cwd, "client.ts"), "old");
  const env = { NODE_OPTIONS: `--import ${pathToFileURL(join(cwd, "killer.ts"))}` };
  const killed = startCli(["gen", "client", "--output", "client.ts"], cwd, env);
  expect([(await killed.finished).code, killed.child.signalCode]).toEqual([null, "SIGKILL"]);
  expect(readFileSync(join(cwd, "client.ts"), "utf8")).toBe("old");
  expect(leftOvers(cwd).filter((name) => name.endsWith(".ts"))).toEqual([]);
  expect(existsSync(join(cwd, "client.ts"))).toBe(true);
});
