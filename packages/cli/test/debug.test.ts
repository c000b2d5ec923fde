import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { makeProject, runCli, startCli, type RunningCli } from "./support/cli.ts";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 120_000 });

const source = `
import { appendFileSync } from "node:fs";
import { condition, now, TaskEnvironment, trace } from "@appenv/core";
import { z } from "zod";
export const shop = new TaskEnvironment({ name: "shop" });
const note = (what: string) => appendFileSync("computed.txt", what + "\\n");
const counted = trace("counted", async (things: readonly string[]) => (note("counted"), things.length));
export const weigh = shop.task({ name: "weigh", input: z.object({ thing: z.string() }), output: z.int() }, ({ thing }) => {
  note("weighed " + thing);
  return thing.length;
});
export const deliver = shop.task(
  { name: "deliver", input: z.object({ thing: z.string() }), output: z.string() },
  async ({ thing }, { log }) => {
    const at = await now();
    const count = await counted([thing]);
    const grams = await weigh({ thing });
    const agreed = await condition({ name: "agree", prompt: "Go on?" });
    log.info("replayed " + [at.toISOString(), count, grams, agreed].join(" "));
    if (grams > 3) throw new RangeError(grams + " g is too heavy");
    return "sent";
  },
);
`;

/** Attaches to the inspector of a command until it has said how the replay ended. Tells the places where it stopped. */
async function attach(command: RunningCli): Promise<readonly string[]> {
  await command.until("stderr", "Attach a debugger");
  const socket = new WebSocket(/ws:\/\/\S+/.exec(command.stderr)?.[0] ?? "");
  const stops: string[] = [];
  let last = 0;
  const send = (method: string): void => socket.send(JSON.stringify({ id: (last += 1), method }));
  socket.addEventListener("message", ({ data }) => {
    const { method, params } = JSON.parse(String(data));
    if (method !== "Debugger.paused") return;
    stops.push(`${params.reason} ${params.callFrames[0].functionName}`);
    send("Debugger.resume");
  });
  await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  for (const method of ["Runtime.enable", "Debugger.enable", "Runtime.runIfWaitingForDebugger"]) send(method);
  await command.until("stdout", "\n");
  socket.close();
  return stops;
}

test("debug runs the code of a run again under the inspector, with what was recorded, also before a kill -9, and starts nothing", async () => {
  const cwd = makeProject({ "shop.ts": source });
  const json = async (...args: string[]): Promise<any> => {
    const { code, stdout, stderr } = await runCli([...args, "--json"], cwd);
    expect([args, code, stderr]).toEqual([args, 0, ""]);
    return JSON.parse(stdout);
  };
  const up = async (): Promise<RunningCli> => {
    const cli = startCli(["up", "--port", "0", "--json"], cwd);
    await cli.until("stdout", "\n");
    return cli;
  };
  const first = await up();
  await json("run", "shop.ts", "deliver", "--thing", "brick", "--name", "monday", "--detach");
  await expect.poll(() => json("get", "action", "monday", "--phase", "PAUSED")).toHaveLength(2);

  // Records from before a kill are replayed as well.
  first.child.kill("SIGKILL");
  await first.finished;
  const second = await up();
  const early = startCli(["debug", "monday", "--port", "0"], cwd);
  await attach(early);
  const beyond = "It asks for the condition 'agree', of which nothing is recorded: the replay ends here.\n";
  expect(await early.finished).toMatchObject({ code: 0, stdout: beyond });

  await json("signal", "monday", "agree", "true");
  await expect.poll(() => json("get", "run", "monday")).toMatchObject({ phase: "FAILED" });
  const before = [await json("get", "action", "monday"), await json("get", "run")];
  const [, recorded] = /^.*replayed (.*)$/m.exec((await runCli(["logs", "run", "monday"], cwd)).stdout) ?? [];
  expect(recorded).toMatch(/^\S+Z 1 5 true$/);

  const replay = startCli(["debug", "monday", "--port", "0"], cwd);
  const stops = await attach(replay);
  const { code, stdout, stderr } = await replay.finished;
  expect([code, stdout]).toEqual([0, "It ended as failed: RangeError: 5 g is too heavy\n"]);
  expect(stderr).toContain(`replayed ${recorded}\n`);
  expect(stops).toEqual(["other #outputs"]);
  expect([await json("get", "action", "monday"), await json("get", "run")]).toEqual(before);
  expect(readFileSync(join(cwd, "computed.txt"), "utf8")).toBe("counted\nweighed brick\n");
  const missing = await runCli(["debug", "monday", "--action", "nothing"], cwd);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining("no action 'nothing'")]);
  expect((await second.stop()).code).toBe(0);
});
