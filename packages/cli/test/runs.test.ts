import { expect, test, vi } from "vitest";
import { makeProject, runCli, startCli, type RunningCli } from "./support/cli.ts";
import { taskSource } from "./support/tasks.ts";

// Each test is a dozen processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const runUrl = /http:\/\/localhost:\d+\/v2\/domain\/development\/project\/flytesnacks\/runs\/\S+/;

/** A project with tasks, and what `--json` commands in it give. */
function tasksProject() {
  const cwd = makeProject({ "tasks.ts": taskSource });
  const json = async (...args: string[]): Promise<any> => {
    const { code, stdout, stderr } = await runCli([...args, "--json"], cwd);
    expect([args, code, stderr]).toEqual([args, 0, ""]);
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  };
  return { cwd, json };
}

async function startUp(cwd: string): Promise<RunningCli> {
  const up = startCli(["up", "--port", "0", "--json"], cwd);
  await up.until("stdout", "\n");
  return up;
}

test("deploy, run, rerun and what shows tasks and runs work beside a running platform", async () => {
  const { cwd, json } = tasksProject();
  const up = await startUp(cwd);
  const deployed = await json("deploy", "tasks.ts");
  expect(deployed.map(({ name }: { name: string }) => name)).toEqual(["math.add_one", "math.fail", "math.ask"]);
  const { version } = deployed[0];
  const task = await json("get", "task", `math.add_one@${version}`);
  expect(task).toMatchObject({ name: "math.add_one", version, description: "Adds one.", versions: [version] });
  expect(task.interface.inputs.map(({ name }: { name: string }) => name)).toEqual(["name", "x"]);

  const deployedTask = ["run", "deployed-task", "math.add_one", "--x=41", "--input", "name=Ada", "--name", "second"];
  const [first, second, tasks] = await Promise.all([
    json("run", "tasks.ts", "add_one", "--x", "1", "--name", "first", "--label", "team=shop"),
    json(...deployedTask),
    json("get", "task"),
  ]);
  expect(first).toMatchObject({ name: "first", task: "math.add_one", version, phase: "SUCCEEDED", output: 2 });
  expect(first.url).toMatch(runUrl);
  expect([second.output, tasks.length]).toEqual([42, 3]);
  const [again, io, logs] = await Promise.all([
    json("rerun", "second", "--x", "6"),
    json("get", "io", "second"),
    runCli(["logs", "run", "second"], cwd),
  ]);
  expect([again.output, io]).toEqual([7, { inputs: { name: "Ada", x: 41 }, output: 42 }]);
  expect(logs.stdout).toMatch(/^\d{4}-\S+Z {2}.*hello Ada\n/);
  expect(await json("get", "run", "--task", "math.add_one", "--limit", "2")).toHaveLength(2);
  expect((await up.stop()).code).toBe(0);
});

test("a condition is signalled, a run is recovered, another one aborted", async () => {
  const { cwd, json } = tasksProject();
  const up = await startUp(cwd);
  const ask = (name: string) => json("run", "tasks.ts", "ask", "--x", "1", "--name", name, "--detach");
  expect(await Promise.all([ask("asking"), ask("aborting")])).toMatchObject([{ name: "asking" }, { name: "aborting" }]);
  const waiting = expect.objectContaining({ kind: "condition", task: "approve", phase: "PAUSED" });
  await expect.poll(() => json("get", "action", "asking")).toContainEqual(waiting);
  expect((await runCli(["signal", "asking", "approve", "maybe"], cwd)).code).toBe(1);
  expect(await json("signal", "asking", "approve", "true")).toMatchObject({ signalled: true });
  await expect.poll(() => json("get", "io", "asking")).toMatchObject({ output: "2 true" });
  expect(await json("rerun", "asking", "--recover")).toMatchObject({ phase: "SUCCEEDED", output: "2 true" });

  const later = ["--detach", "--at", "2999-01-31T09:00:00Z", "--ttl", "1h"];
  const planned = { name: "later", phase: "QUEUED", scheduledAt: "2999-01-31T09:00:00.000Z" };
  expect(await json("run", "tasks.ts", "ask", "--x", "1", "--name", "later", ...later)).toMatchObject(planned);
  const reason = "It is scheduled for 2999-01-31T09:00:00.000Z.";
  expect(await json("get", "run", "later")).toMatchObject({ ...planned, reason });
  expect((await runCli(["get", "run"], cwd)).stdout).toMatch(
    /later +math.ask +QUEUED +It is scheduled for 2999-01-31T09:00:00.000Z\./,
  );
  expect(await json("send", "shop-open", '{"hours":8}', "--key", "today")).toMatchObject({ id: "1", delivered: 0 });
  const event = { name: "shop-open", key: "today", value: { hours: 8 }, sender: expect.stringMatching(/^\S+:\S+$/) };
  expect(await json("get", "event", "shop-open")).toMatchObject([event]);
  expect(await json("abort", "run", "later")).toMatchObject({ phase: "ABORTED" });
  expect(await json("abort", "run", "aborting", "--reason", "enough")).toEqual({ name: "aborting", phase: "ABORTED" });
  expect(await json("get", "run", "aborting")).toMatchObject({ phase: "ABORTED", error: "ABORTED: enough" });
  expect(await json("get", "run", "--phase", "ABORTED")).toMatchObject([{ name: "later" }, { name: "aborting" }]);
  expect((await up.stop()).code).toBe(0);
});

test("triggers are listed, deactivated, activated and deleted", async () => {
  const { cwd, json } = tasksProject();
  const up = await startUp(cwd);
  expect([await json("get", "run"), await json("get", "task"), await json("get", "trigger")]).toEqual([[], [], []]);
  await json("deploy", "tasks.ts");
  const trigger = { name: "yearly", task: "math.add_one", automation: { kind: "cron", expression: "0 0 1 1 *" } };
  const show = () => json("get", "trigger", "math.add_one");
  expect(await show()).toMatchObject([{ ...trigger, active: true }]);
  await json("deactivate", "trigger", "math.add_one", "yearly");
  expect(await show()).toMatchObject([{ ...trigger, active: false }]);
  await json("activate", "trigger", "math.add_one", "yearly");
  expect(await show()).toMatchObject([{ ...trigger, active: true }]);
  const fired = await json("fire", "math.add_one", "yearly");
  expect(fired).toMatchObject({ task: "math.add_one", trigger: "yearly", url: expect.stringMatching(runUrl) });
  const [after] = await show();
  expect(after).toMatchObject({ nextAt: expect.stringMatching(/-01-01T00:00:00.000Z$/), lastRun: { name: fired.run } });
  expect(await json("delete", "trigger", "math.add_one", "yearly")).toMatchObject({ deleted: true });
  expect(await json("delete", "trigger", "math.add_one", "yearly")).toMatchObject({ deleted: false });
  expect((await up.stop()).code).toBe(0);
});

test("ends with exit code 1 and says why if something is missing, or there already", async () => {
  const { cwd, json } = tasksProject();
  const up = await startUp(cwd);
  await json("run", "tasks.ts", "add_one", "--x", "1", "--name", "first");
  const wrong = [
    [["get", "run", "nobody"], "NOT_FOUND"],
    [["get", "action", "first", "nobody"], "NOT_FOUND"],
    [["signal", "first", "approve", "true"], "NOT_FOUND"],
    [["run", "deployed-task", "math.nothing"], "NOT_FOUND"],
    [["run", "tasks.ts", "nothing"], "NOT_FOUND"],
    [["run", "tasks.ts"], "AMBIGUOUS_ENVIRONMENT"],
    [["run", "tasks.ts", "add_one", "--x", "1", "--name", "first"], "RUN_EXISTS"],
    [["run", "tasks.ts", "add_one", "--x", "many"], "INVALID_INPUT"],
    [["run", "tasks.ts", "add_one", "--y", "1"], "INVALID_ARGUMENT"],
    [["serve", "tasks.ts", "tasks"], "UNSUPPORTED"],
  ] as const;
  const results = await Promise.all(wrong.map(([args]) => runCli([...args, "--json"], cwd)));
  const codes = results.map(({ code, stderr }, index) => [wrong[index]?.[0], code, JSON.parse(stderr).error.code]);
  expect(codes).toEqual(wrong.map(([args, code]) => [args, 1, code]));
  expect((await up.stop()).code).toBe(0);
});

test("a misspelt name is answered with the nearest one", async () => {
  const { cwd, json } = tasksProject();
  const up = await startUp(cwd);
  await json("deploy", "tasks.ts");
  const misspelt = [
    [["run", "tasks.ts", "add_oen", "--x", "1"], "addOne"],
    [["run", "deployed-task", "math.add_oen", "--x", "1"], "math.add_one"],
    [["deploy", "tasks.ts", "taks"], "tasks"],
    [["deactivate", "trigger", "math.add_one", "yaerly"], "yearly"],
  ] as const;
  const results = await Promise.all(misspelt.map(([args]) => runCli([...args, "--json"], cwd)));
  for (const [index, { code, stderr }] of results.entries()) {
    expect([code, JSON.parse(stderr).error.message]).toEqual([
      1,
      expect.stringContaining(`Did you mean '${misspelt[index]?.[1]}'?`),
    ]);
  }
  expect((await up.stop()).code).toBe(0);
});

test("a task that fails ends the command with 1 and its own error, without a stack", async () => {
  const { cwd } = tasksProject();
  const { code, stdout, stderr } = await runCli(
    ["run", "tasks.ts", "fail", "--why", "out of luck", "--port", "0"],
    cwd,
  );
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/error: The run '\w+' failed at \S+:\d+:\d+: TypeError: out of luck\n/);
  expect(stderr).not.toMatch(/^ +at /m);
});

test("the help of a task shows its inputs, and no platform is started for it", async () => {
  const { cwd } = tasksProject();
  const { code, stdout, stderr } = await runCli(["run", "tasks.ts", "add_one", "--help"], cwd);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("Inputs of math.add_one:");
  expect(stdout).toMatch(/--x <integer> +a number \(required\)/);
  expect(stdout).toMatch(/--input name=<string> +\(default: "nobody"\)/);
});

test("a run goes on after Ctrl-C, and after kill -9 of the platform; who waits for it hears of its end", async () => {
  const { cwd, json } = tasksProject();
  const first = await startUp(cwd);
  const run = startCli(["run", "tasks.ts", "ask", "--x", "1", "--name", "asking", "--follow"], cwd);
  await Promise.all([run.until("stderr", "appenv signal asking"), run.until("stderr", "asking after 2")]);
  const left = await run.stop();
  expect([left.code, left.stdout]).toEqual([130, ""]);
  expect(left.stderr).toContain("Run 'asking' goes on. `appenv abort run asking` ends it.");

  const waiting = startCli(["run", "tasks.ts", "ask", "--x", "2", "--name", "waiting"], cwd);
  await waiting.until("stderr", "appenv signal waiting");
  first.child.kill("SIGKILL");
  await first.finished;
  const second = await startUp(cwd);
  await expect
    .poll(() => json("get", "action", "waiting"))
    .toContainEqual(expect.objectContaining({ phase: "PAUSED" }));
  await json("signal", "waiting", "approve", "false");
  expect(await waiting.finished).toMatchObject({ code: 0, stdout: '"3 false"\n' });
  await json("signal", "asking", "approve", "true");
  await expect.poll(() => json("get", "run", "asking")).toMatchObject({ phase: "SUCCEEDED" });
  expect((await second.stop()).code).toBe(0);
});

test("Ctrl-C of a command that holds the platform says that the run is continued later", async () => {
  const { cwd, json } = tasksProject();
  const run = startCli(["run", "tasks.ts", "ask", "--x", "1", "--name", "asking", "--port", "0"], cwd);
  await run.until("stderr", "appenv signal asking");
  const left = await run.stop();
  expect(left.code).toBe(130);
  expect(left.stderr).toContain("Run 'asking' has not ended. It is continued when a platform runs here again");

  const up = await startUp(cwd);
  await expect.poll(() => json("get", "action", "asking")).toContainEqual(expect.objectContaining({ phase: "PAUSED" }));
  await json("signal", "asking", "approve", "true");
  await expect.poll(() => json("get", "io", "asking")).toMatchObject({ output: "2 true" });
  expect((await up.stop()).code).toBe(0);
});

test("--detach needs a platform that stays", async () => {
  const { cwd } = tasksProject();
  const { code, stderr } = await runCli(["run", "tasks.ts", "add_one", "--x", "1", "--detach", "--json"], cwd);
  expect([code, JSON.parse(stderr).error.code]).toEqual([1, "UNREACHABLE"]);
});
