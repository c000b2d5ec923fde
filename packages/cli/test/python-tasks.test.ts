import { execFile } from "node:child_process";
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { App } from "@appenv/client";
import { Run, signal, Task } from "@appenv/client/tasks";
import { expect, it, onTestFinished, vi } from "vitest";
import { makeProject, runCli, startCli, type RunningCli } from "./support/cli.ts";

const bin = fileURLToPath(new URL("../../../.python-client/bin/", import.meta.url));
const python = fileURLToPath(new URL("python/", import.meta.url));
const mixed = fileURLToPath(new URL("python/mixed.ts", import.meta.url));

const missing = !existsSync(`${bin}python`);
if (missing) {
  process.stderr.write("Flyte's Python package is not here, so its test is skipped: npm run setup:system\n");
}

/** A platform, and Python's command line with its configuration. */
class World {
  readonly folder = makeProject();
  port = "0";
  platform: RunningCli | undefined;

  async start(...options: readonly string[]): Promise<void> {
    const words = ["up", "--port", this.port, "--json", ...options];
    const platform = startCli(words, this.folder, { APPENV_PYTHON: `${bin}python` });
    this.platform = platform;
    await platform.until("stdout", "\n");
    this.port = new URL((JSON.parse(platform.stdout) as { endpoint: string }).endpoint).port;
    const admin = { endpoint: `dns:///localhost:${this.port}`, insecure: true };
    const place = { project: "flytesnacks", domain: "development" };
    writeFileSync(
      join(this.folder, "flyte.yaml"),
      JSON.stringify({ admin, image: { builder: "remote" }, task: place }),
    );
  }

  /** Runs Python's command line, and gives what it prints. */
  async flyte(...words: readonly string[]): Promise<string> {
    const env = { HOME: this.folder, PATH: process.env["PATH"] };
    const options = { cwd: this.folder, env, timeout: 60_000 };
    const { stdout } = await promisify(execFile)(`${bin}flyte`, ["--config", "flyte.yaml", ...words], options);
    return stdout;
  }

  /** Starts a run of a task in a file that was not deployed. */
  async run(task: string, ...inputs: readonly string[]): Promise<Run> {
    const said = await this.flyte("run", "tasks.py", task, ...inputs);
    const name = /Created Run: (\w+)/.exec(said)?.[1];
    if (name === undefined) throw new Error(`No run was started: ${said}`);
    return Run.get(name);
  }
}

it.skipIf(missing)(
  "runs tasks and an app of Flyte's Python SDK beside those of this one: either calls the other's, and none is run twice after kill -9",
  async () => {
    const world = new World();
    const { folder } = world;
    vi.stubEnv("APPENV_HOME", join(folder, ".appenv"));
    onTestFinished(() => void vi.unstubAllEnvs());
    for (const name of ["tasks.py", "app.py"]) copyFileSync(join(python, name), join(folder, name));
    await world.start();
    expect((await runCli(["deploy", mixed], folder)).code).toBe(0);

    await world.flyte("deploy", "tasks.py", "env");
    const asked = await (await Task.get("mixed.ask_python")).call();
    expect(asked).toEqual({ nine: 9, first: point("None"), second: point("Ada") });

    const slow = await (await Task.get("py.slow")).run();
    let pid = 0;
    for await (const { text } of slow.logs({ follow: true })) {
      pid = Number(/^pid (\d+)$/.exec(text)?.[1] ?? 0);
      if (pid > 0) break;
    }
    await world.flyte("abort", "run", slow.name);
    expect(await slow.wait({ throws: false })).toBe("ABORTED");
    expect(() => process.kill(pid, 0)).toThrow("ESRCH");

    expect(await world.flyte("serve", "app.py", "env")).toContain("is now being served");
    const { endpoint } = await App.get("py-app");
    expect(await (await fetch(`${endpoint}/there`)).text()).toBe("hello /there");

    const run = await world.run("parent", "--n", "3");
    const phases = async () => (await run.actions()).map(({ task, phase }) => `${task} ${phase}`);
    const children = ["py.square", "py.square", "py.square", "py.unlucky", "mixed.add_one"];
    await expect
      .poll(async () => (await phases()).filter((each) => / (PAUSED|SUCCEEDED)$/.test(each)).length, {
        timeout: 60_000,
      })
      .toBe(2 + children.length + 1);
    const before = Object.fromEntries((await run.actions()).map(({ name, attempts }) => [name, attempts]));

    world.platform?.child.kill("SIGKILL");
    await world.platform?.finished;
    // Programs have tokens of their own; the command line of Python, without TLS, sends none.
    await world.start("--require-token");
    // Somebody else may have taken its port meanwhile.
    const { endpoint: now } = await App.get("py-app");
    expect(await (await fetch(`${now}/again`)).text()).toBe("hello /again");
    const again = await Run.get(run.name);
    const lines: string[] = [];
    for await (const { text } of again.logs({ follow: true, attempt: 2 })) {
      lines.push(text);
      if (text === "waiting") break;
    }
    expect(lines).not.toContain("measuring size");
    const condition = (await again.actions()).find(({ kind }) => kind === "condition");
    await signal(again, condition?.name ?? "", 100);
    expect(await again.outputs()).toEqual({
      sum: String(0 + 1 + 4 + 13 + 100),
      measured: expect.stringMatching(/^size \d+ yes$/),
    });
    const after = Object.fromEntries((await again.actions()).map(({ name, attempts }) => [name, attempts]));
    expect(after).toEqual({ ...before, a0: 2 });
  },
  240_000,
);

/** The answer of Python's `describe`. */
function point(name: string): unknown {
  return { x: 2, y: 1.5, tags: ["t", "BLUE", "2026-01-02T03:04:05+00:00", "[('a', 1), ('b', 2)]", name] };
}
