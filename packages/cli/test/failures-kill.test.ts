import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { makeProject, runCli, startCli, type CliResult, type RunningCli } from "./support/cli.ts";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 240_000 });

/** A run whose child fails at last, and one whose child failed long before it ends; both stop at a place until they may go on. */
const source = `
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { condition, TaskEnvironment } from "@appenv/core";
import { z } from "zod";
const shop = new TaskEnvironment({ name: "shop", reusable: { replicas: 1, concurrency: 10 } });
const order = z.object({ order: z.string() });
const reached = async (order: string) => {
  writeFileSync(order + ".part", String(process.pid));
  renameSync(order + ".part", order + ".pid");
  while (!existsSync(order + ".go")) await sleep(20);
};
export const pack = shop.task(
  { name: "pack", input: z.object({ grams: z.int(), order: z.string() }), output: z.int() },
  async ({ grams, order }) => {
    if (grams === 0 && order.startsWith("late")) await reached(order);
    if (grams === 0) throw new RangeError("nothing to pack");
    return grams;
  },
);
const deliver = async (order: string) => {
  await pack({ grams: 5, order });
  await pack({ grams: 0, order });
};
export const late = shop.task({ name: "late", input: order }, ({ order }) => deliver(order));
export const early = shop.task({ name: "early", input: order }, async ({ order }) => {
  try {
    await deliver(order);
  } catch (error) {
    await reached(order);
    throw error;
  }
});
export const asking = shop.task({ name: "asking", input: order, output: z.boolean() }, async ({ order }) => {
  await pack({ grams: 5, order });
  return condition({ name: "agree", prompt: "Ship it to Ada?" });
});
`;

/** The file `tasks.ts`, and a platform that is started again and again. */
class Project {
  readonly cwd: string = makeProject({ "tasks.ts": source });
  #platform: RunningCli | undefined;
  #endpoint = "";

  async up(): Promise<void> {
    this.#platform = startCli(["up", "--port", "0", "--json"], this.cwd);
    await this.#platform.until("stdout", "\n");
    this.#endpoint = (JSON.parse(this.#platform.stdout) as { readonly endpoint: string }).endpoint;
  }

  async kill(): Promise<void> {
    this.#platform?.child.kill("SIGKILL");
    await this.#platform?.finished;
  }

  /** Starts a run with `appenv run`, which waits for its end. Resolves when its code waits, with its process. */
  async begin(task: string, order: string): Promise<{ readonly command: RunningCli; readonly pid: number }> {
    const command = startCli(["run", "tasks.ts", task, "--name", order, "--order", order], this.cwd);
    const file = join(this.cwd, `${order}.pid`);
    await vi.waitUntil(() => existsSync(file), { timeout: 60_000 });
    return { command, pid: Number(readFileSync(file, "utf8")) };
  }

  goOn(order: string): void {
    writeFileSync(join(this.cwd, `${order}.go`), "");
  }

  read(...args: readonly string[]): Promise<CliResult> {
    return runCli(args, this.cwd);
  }

  /** Everything that people and programs are told about a run that failed. */
  async told(order: string, ended: CliResult): Promise<readonly string[]> {
    const outcomes = [
      ended,
      await this.read("get", "action", order, "--phase", "FAILED"),
      await this.read("get", "action", order, "--phase", "FAILED", "--json"),
      await this.read("get", "io", order, "pack#2", "--json"),
      await this.read("get", "run", order),
    ];
    const texts = outcomes.map(({ code, stdout, stderr }) => `${code}\n${stdout}\n${stderr}`);
    return [...texts, await this.api(order)].map((text) => plain(order, text));
  }

  /** The run's error as any client of the API reads it. */
  async api(order: string): Promise<string> {
    const runId = { project: "flytesnacks", domain: "development", name: order };
    const answer = await fetch(`${this.#endpoint}/flyteidl2.workflow.RunService/GetRunDetails`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ runId }),
    });
    const { details } = (await answer.json()) as { details: { action: { errorInfo: unknown } } };
    return JSON.stringify(details.action.errorInfo);
  }
}

/** The same for every run: without its name, those of its actions, times, the platform's port, and the attempts that were cut. */
function plain(order: string, text: string): string {
  return (
    text
      .replaceAll(order, order.split("-")[0] ?? "")
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
      .replaceAll(/(\d+ min )?\d+(\.\d+)? m?s\b/g, "TOOK")
      // A command on a busy machine says so while there is no platform.
      .replaceAll(/^Waiting for .*\n/gm, "")
      .replaceAll(/localhost:\d+|process \d+/g, "PLATFORM")
      .replaceAll(/\b[a-z0-9]{20,}\b/g, "NAME")
      .replaceAll(/ +/g, " ")
      .replaceAll(/(attempts"?:|task (?:FAILED|PAUSED)) ?\d+/g, "$1 COUNT")
  );
}

test("a failed child is told of in the same words whatever was killed while its run went on", async () => {
  const project = new Project();
  await project.up();
  const expected: Record<string, readonly string[]> = {};
  for (const task of ["late", "early"]) {
    const untouched = await project.begin(task, `${task}-untouched`);
    project.goOn(`${task}-untouched`);
    const told = await project.told(`${task}-untouched`, await untouched.command.finished);
    checkWords(told);
    expected[task] = told;

    const killed = await project.begin(task, `${task}-platform`);
    await project.kill();
    project.goOn(`${task}-platform`);
    await project.up();
    expect(await project.told(`${task}-platform`, await killed.command.finished)).toEqual(told);
  }

  // Actions that share a process are tried again when it ends: none of them is known to have ended it.
  const late = await project.begin("late", "late-worker");
  const early = await project.begin("early", "early-worker");
  expect(early.pid).toBe(late.pid);
  process.kill(late.pid, "SIGKILL");
  for (const order of ["late-worker", "early-worker"]) project.goOn(order);
  expect(await project.told("late-worker", await late.command.finished)).toEqual(expected["late"]);
  expect(await project.told("early-worker", await early.command.finished)).toEqual(expected["early"]);
});

/** Checks that the texts of a run name the child, its inputs, its error, and the line of the code. */
function checkWords([run = "", failed = "", failedJson = "", io = "", shown = "", api = ""]: readonly string[]): void {
  for (const text of [run, shown]) {
    expect(text).toMatch(/^Failed action: shop\.pack#2, at tasks\.ts:\d+:\d+$/m);
    expect(text).toMatch(/^Its inputs: \{"grams":0,"order":"(late|early)"\}$/m);
  }
  expect(failed).toMatch(/shop\.pack#2 .*RangeError: nothing to pack \(tasks\.ts:\d+:\d+\)/);
  for (const text of [failedJson, api]) expect(text).toContain("RangeError: nothing to pack");
  expect(io).toContain('"grams":0');
}

test("the prompt of a condition that waits is shown after the platform and the worker were killed", async () => {
  const project = new Project();
  await project.up();
  const command = startCli(["run", "tasks.ts", "asking", "--name", "ask", "--order", "ask"], project.cwd);
  const asked = async (): Promise<readonly string[]> => {
    const all = await Promise.all([
      project.read("get", "action", "ask", "--phase", "PAUSED"),
      project.read("get", "action", "ask", "agree", "--json"),
      project.read("get", "run"),
    ]);
    return all.map(({ stdout }) => plain("ask", stdout));
  };
  const isAsked = (): Promise<boolean> =>
    asked().then((texts) => texts.every((text) => text.includes("Ship it to Ada?")));
  await expect.poll(isAsked, { timeout: 60_000 }).toBe(true);
  const before = await asked();
  await project.kill();
  await project.up();
  expect(await asked()).toEqual(before);
  expect((await project.read("signal", "ask", "agree", "true")).code).toBe(0);
  expect(await command.finished).toMatchObject({ code: 0, stdout: expect.stringContaining("true") });
});
