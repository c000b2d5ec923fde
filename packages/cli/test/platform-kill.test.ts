import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { appFiles } from "./support/app.ts";
import { makeProject, runCli, startCli, type RunningCli } from "./support/cli.ts";

test("kill -9 of the platform: no replica is orphaned, and a restart finds the app at its place", async () => {
  const cwd = makeProject(await appFiles());
  const first = startCli(["serve", "app.ts", "--port", "0", "--json"], cwd);
  const { endpoint } = await firstLine(first);
  const children = childrenOf(first.child.pid ?? 0);
  expect(children.length).toBeGreaterThan(0);

  first.child.kill("SIGKILL");
  await first.finished;
  await expect.poll(() => children.filter(isAlive), { timeout: 10_000 }).toEqual([]);

  const second = startCli(["up", "--port", "0", "--json"], cwd);
  await firstLine(second);
  expect(await textOf(endpoint)).toBe("hello world");
  const { stdout } = await runCli(["get", "app", "hello", "--json"], cwd);
  expect(JSON.parse(stdout)).toMatchObject({ name: "hello", phase: "ACTIVE", endpoint });
  expect((await second.stop()).code).toBe(0);
});

test("kill -9 of the platform also ends a replica in an endless loop", async () => {
  const loop = `(() => { process.getBuiltinModule("node:fs").writeFileSync("stuck", ""); for (;;); })()`;
  const cwd = makeProject(await appFiles(loop));
  const cli = startCli(["serve", "app.ts", "--port", "0", "--json"], cwd);
  const { endpoint } = await firstLine(cli);
  const children = childrenOf(cli.child.pid ?? 0);
  const stuck = textOf(endpoint).catch(() => "cut");
  await expect.poll(() => existsSync(join(cwd, "stuck"))).toBe(true);
  cli.child.kill("SIGKILL");
  await cli.finished;
  expect(await stuck).toBe("cut");
  await expect.poll(() => children.filter(isAlive), { timeout: 10_000 }).toEqual([]);
});

test("Ctrl-C ends every process", async () => {
  const cwd = makeProject(await appFiles());
  const cli = startCli(["serve", "app.ts", "--port", "0", "--json"], cwd);
  const { endpoint } = await firstLine(cli);
  expect(await textOf(endpoint)).toBe("hello world");
  const children = childrenOf(cli.child.pid ?? 0);
  expect((await cli.stop()).code).toBe(0);
  await expect.poll(() => children.filter(isAlive)).toEqual([]);
});

async function firstLine(cli: RunningCli): Promise<{ endpoint: string }> {
  await cli.until("stdout", "\n");
  return JSON.parse(cli.stdout.split("\n")[0] ?? "") as { endpoint: string };
}

async function textOf(endpoint: string): Promise<string> {
  return (await fetch(endpoint, { headers: { connection: "close" } })).text();
}

/** Replicas and spares. */
function childrenOf(pid: number): readonly number[] {
  const listed =
    process.platform === "linux"
      ? readFileSync(join("/proc", String(pid), "task", String(pid), "children"), "utf8")
      : execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" });
  return listed.trim().split(/\s+/).map(Number);
}

/** A process that has ended stays listed as a zombie until its new parent, init, has taken note. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== "linux" || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
