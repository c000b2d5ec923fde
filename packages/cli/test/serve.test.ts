import { createServer } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { appFiles } from "./support/app.ts";
import { makeProject, runCli, startCli, type RunningCli } from "./support/cli.ts";

interface Served {
  readonly name: string;
  readonly endpoint: string;
  readonly url: string;
}

const serving = ["serve", "app.ts", "--port", "0"];

async function served(cli: RunningCli): Promise<Served> {
  await cli.until("stdout", "\n");
  return JSON.parse(cli.stdout.split("\n")[0] ?? "") as Served;
}

async function textOf(endpoint: string): Promise<string> {
  return (await fetch(endpoint, { headers: { connection: "close" } })).text();
}

test("without a platform it starts one, serves until Ctrl-C, and leaves nothing behind", async () => {
  const cwd = makeProject(await appFiles());
  const cli = startCli([...serving, "--json"], cwd);
  const { name, endpoint, url } = await served(cli);
  expect([name, await textOf(endpoint), url]).toEqual(["hello", "hello world", expect.stringContaining("/apps/hello")]);
  const result = await cli.stop();
  expect(result.code).toBe(0);
  expect(result.stdout.trim().split("\n")).toHaveLength(1);
  expect(result.stderr).toBe("");
  await expect(textOf(endpoint)).rejects.toThrow("fetch failed");
});

test("for people it prints the endpoint and a sentence on stdout, and the rest on stderr", async () => {
  const cwd = makeProject(await appFiles());
  const cli = startCli(serving, cwd);
  await cli.until("stdout", "is now serving.\n");
  expect(cli.stdout).toMatch(/^http:\/\/localhost:\d+\nApp 'hello' is now serving\.\n$/);
  const { code, stdout, stderr } = await cli.stop();
  expect([code, (stdout + stderr).includes("\u001B")]).toEqual([0, false]);
});

test("name and env vars of the command line win, and a key is asked for", async () => {
  const cwd = makeProject(await appFiles("process.env.WHO", 'envVars: { WHO: "file" }'));
  const cli = startCli([...serving, "--name", "other", "-e", "WHO=line=1", "-e", "X=2", "--follow"], cwd);
  await cli.until("stdout", "App 'other' is now serving.");
  await cli.until("stderr", "appenv create api-key");
  const endpoint = cli.stdout.split("\n")[0] ?? "";
  expect((await fetch(endpoint)).status).toBe(401);
  const { stdout: key } = await runCli(["create", "api-key", "test"], cwd);
  const answer = await fetch(endpoint, { headers: { authorization: `Bearer ${key.trim()}` } });
  expect(await answer.text()).toBe("hello line=1");
  await cli.until("stdout", "hello is starting");
  expect((await cli.stop()).code).toBe(0);
});

test("--watch serves again after a change, and a broken change leaves the old revision serving", async () => {
  const cwd = makeProject(await appFiles());
  const cli = startCli([...serving, "--watch"], cwd);
  await cli.until("stdout", "is now serving.\n");
  const endpoint = cli.stdout.split("\n")[0] ?? "";

  writeFileSync(join(cwd, "greeting.ts"), "export const greeting = ;\n");
  await cli.until("stderr", "What was served before goes on serving.");
  expect(cli.stderr).toContain("error: ");
  expect(await textOf(endpoint)).toBe("hello world");

  writeFileSync(join(cwd, "greeting.ts"), 'export const greeting = "bye ";\n');
  await cli.until("stdout", "is now serving.\n", 2);
  expect(await textOf(endpoint)).toBe("bye world");
  expect((await cli.stop()).code).toBe(0);
});

test("options that only a cluster honours are said once", async () => {
  const options = 'requiresAuth: false, resources: { cpu: 1, memory: "256Mi" }, clusterPool: "large"';
  const cli = startCli(serving, makeProject(await appFiles('"world"', options)));
  await cli.until("stdout", "is now serving.\n");
  const { code, stderr } = await cli.stop();
  const note = "Not honoured on this machine, only on a cluster: `resources.cpu`, `clusterPool` of 'hello'.";
  expect([code, stderr.split(note).length - 1]).toEqual([0, 1]);
});

test("a port that is in use is named, with what to do", async () => {
  const other = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await new Promise((done) => other.once("listening", done));
  const { port } = other.address() as { port: number };
  try {
    const cwd = makeProject(await appFiles());
    const { code, stdout, stderr } = await runCli(["serve", "app.ts", "--port", String(port), "--json"], cwd);
    expect([code, stdout]).toEqual([1, ""]);
    expect(JSON.parse(stderr)).toMatchObject({
      error: {
        code: "PORT_IN_USE",
        message: expect.stringContaining(String(port)),
        fix: expect.stringContaining("--port"),
      },
    });
  } finally {
    await new Promise((done) => other.close(done));
  }
});

test("an app that cannot start fails the command, with the reason", async () => {
  const cwd = makeProject({
    ...(await appFiles()),
    "broken.ts": `import { AppEnvironment } from "@appenv/core";
export const env = new AppEnvironment({ name: "broken" });
env.onStartup(() => { throw new Error("no database"); });
env.server(() => () => {});
`,
  });
  const { code, stdout, stderr } = await runCli(["serve", "broken.ts", "--port", "0", "--json"], cwd);
  expect([code, stdout]).toEqual([1, ""]);
  expect(JSON.parse(stderr)).toMatchObject({
    error: { code: "START_FAILED", message: expect.stringContaining("no database") },
  });
});
