import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { makeProject, runCli, startCli, type RunningCli } from "./support/cli.ts";

// A dozen processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const source = `
import { appendFileSync } from "node:fs";
import { TaskEnvironment } from "@appenv/core";
import { z } from "zod";

export const mail = new TaskEnvironment({ name: "mail" });
const queue = { name: "emails", concurrency: 1, rate: { limit: 100, per: "1m" } };
export const send = mail.task(
  {
    name: "send",
    input: z.object({ tenant: z.string(), id: z.int() }),
    queue: { ...queue, key: ({ tenant }) => tenant },
  },
  async ({ tenant, id }) => appendFileSync(process.env.ORDER, tenant + id + " "),
);
`;

async function startUp(cwd: string): Promise<RunningCli> {
  const up = startCli(["up", "--port", "0", "--json"], cwd);
  await up.until("stdout", "\n");
  return up;
}

test("a paused queue keeps its runs through kill -9, tells what waits in it, and starts them in order once it is resumed", async () => {
  const cwd = makeProject({ "tasks.ts": source });
  const order = join(cwd, "order");
  const json = async (...args: string[]): Promise<any> => {
    const { code, stdout, stderr } = await runCli([...args, "--json"], cwd);
    expect([args, code, stderr]).toEqual([args, 0, ""]);
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  };
  const killed = await startUp(cwd);
  await json("deploy", "tasks.ts");
  const paused = {
    name: "emails",
    tasks: ["mail.send"],
    concurrency: 1,
    key: "input.tenant",
    paused: { by: /^(user|api-key):/ },
  };
  const matching = { ...paused, paused: { by: expect.stringMatching(paused.paused.by) } };
  expect(await json("pause", "queue", "emails")).toMatchObject(matching);
  const deployed = ["run", "deployed-task", "mail.send", "--detach", "-e", `ORDER=${order}`];
  const run = (tenant: string, id: number, ...more: string[]): Promise<unknown> =>
    json(...deployed, "--tenant", tenant, "--id", `${id}`, ...more);
  await run("acme", 1);
  await run("acme", 2, "--priority", "7", "--name", "urgent");
  await run("globex", 3, "--priority", "-7");
  killed.child.kill("SIGKILL");
  await killed.finished;

  const up = await startUp(cwd);
  expect(await json("get", "queue")).toMatchObject([{ ...matching, waiting: 3, running: 0 }]);
  const { keys, next } = await json("get", "queue", "emails");
  expect(keys).toMatchObject([
    { key: "acme", waiting: 2, rateLeft: 100 },
    { key: "globex", waiting: 1 },
  ]);
  expect(next).toMatchObject([
    { run: "urgent", action: "a0", task: "mail.send", key: "acme", priority: 7 },
    { key: "acme", priority: 0 },
    { key: "globex", priority: -7 },
  ]);
  const { stdout } = await runCli(["get", "queue", "emails"], cwd);
  expect(stdout).toMatch(/limits: +1 at once, 100 in 1m for each input\.tenant/);
  expect(stdout).toMatch(/urgent\/a0 +mail\.send +acme +7/);
  expect((await runCli(["resume", "queue", "emails"], cwd)).stdout).toMatch(/^Queue 'emails' goes on/);
  await expect.poll(() => json("get", "run", "--phase", "SUCCEEDED")).toHaveLength(3);
  // Of one key the urgent one is first.
  expect(
    readFileSync(order, "utf8")
      .split(" ")
      .filter((each) => each.startsWith("acme")),
  ).toEqual(["acme2", "acme1"]);
  expect((await runCli(["pause", "queue", "nobody"], cwd)).stderr).toMatch("There is no queue 'nobody'");
  expect((await up.stop()).code).toBe(0);
});
