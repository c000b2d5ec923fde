import { expect, test, vi } from "vitest";
import { appFiles } from "./support/app.ts";
import { makeProject, runCli, startCli } from "./support/cli.ts";

// Each test is two dozen processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

test("beside a running platform every command works and ends by itself", async () => {
  const cwd = makeProject(await appFiles());
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli([...args, "--json"], cwd);
    expect([args, code, stderr]).toEqual([args, 0, ""]);
    return JSON.parse(stdout) as never;
  };
  const up = startCli(["up", "--port", "0", "--json"], cwd);
  await up.until("stdout", "\n");
  const { endpoint: api, pid } = JSON.parse(up.stdout) as { endpoint: string; pid: number };
  expect([pid, await json("get", "app"), await json("get", "api-key")]).toEqual([up.child.pid, [], []]);

  const { endpoint } = (await json("serve", "app.ts")) as { endpoint: string };
  const answer = await fetch(endpoint, { headers: { connection: "close" } });
  expect(await answer.text()).toBe("hello world");
  const app = { name: "hello", project: "flytesnacks", domain: "development", endpoint };
  expect(await json("get", "app", "hello")).toMatchObject({ ...app, phase: "ACTIVE", revision: 1, replicas: 1 });
  expect(await json("get", "app", "--endpoint", api)).toMatchObject([app]);
  // The request is counted with the end of its second.
  const measured = { load: { requests: 1 / 60, responses: { successful: 1 / 60, serverErrors: 0 } } };
  const looked = async (): Promise<void> => expect(await json("get", "app", "hello")).toMatchObject(measured);
  await vi.waitFor(looked, { timeout: 60_000 });
  const { stdout: shown } = await runCli(["get", "app", "hello"], cwd);
  expect(shown).toMatch(/^load: +0\.017 requests\/s, p95 [\d.]+ ms, \d+ MiB \(last minute\)$/m);
  const { stdout: listed } = await runCli(["get", "app"], cwd);
  expect(listed).toMatch(/^NAME +PHASE +REPLICAS +REQUESTS\/S +MEMORY .*\nhello +ACTIVE +1 +0\.017 +\d+ MiB +http/);
  const report = (await json("get", "replica", "hello")) as { replicas: readonly { name: string }[] };
  expect(report).toMatchObject({ replicas: [{ revision: 1, state: "ready" }], ended: [], restarts: 0 });
  const { stdout: replicas } = await runCli(["get", "replica", "hello"], cwd);
  expect(replicas).toMatch(
    /^NAME +REVISION +STATE .*\nhello-00001-\w+ +1 +ready +\d+ \w+ +\d+ MiB +0 +1\n\nrestarts: 0\n/,
  );
  expect(shown).toMatch(/^idle: The last replica ends unless .* \(in \d+ s\)$/m);

  const { stdout: logs } = await runCli(["logs", "app", "hello", "--json"], cwd);
  const lines = logs
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { message: string });
  expect(lines.map(({ message }) => message)).toContain("hello is starting");

  expect(await json("deactivate", "hello")).toMatchObject({ phase: "STOPPED" });
  await expect(fetch(endpoint)).rejects.toThrow("fetch failed");
  expect(await json("activate", "hello")).toMatchObject({ phase: "ACTIVE", endpoint });
  expect(await json("deploy", "app.ts", "--name", "second")).toMatchObject([{ name: "second" }]);
  expect(await json("delete", "app", "hello")).toEqual({ name: "hello", deleted: true });
  expect(await json("delete", "app", "hello")).toEqual({ name: "hello", deleted: false });

  const { id } = (await json("create", "api-key", "ci")) as { id: string; key: string };
  expect(await json("get", "api-key")).toMatchObject([{ id, name: "ci" }]);
  expect(await json("delete", "api-key", id)).toEqual({ id, deleted: true });
  expect(await json("get", "api-key")).toEqual([]);

  const missing = await runCli(["get", "app", "nobody", "--json"], cwd);
  expect([missing.code, JSON.parse(missing.stderr).error.code]).toEqual([1, "NOT_FOUND"]);
  const second = await runCli(["up", "--port", "0", "--json"], cwd);
  expect([second.code, JSON.parse(second.stderr).error.code]).toEqual([1, "PLATFORM_RUNNING"]);
  expect(second.stderr).toContain(String(pid));
  expect(await json("doctor")).toMatchObject({ ok: true });

  expect((await up.stop()).code).toBe(0);
});

test("a reader that goes away ends a command quietly, and Ctrl-C ends --follow with 0", async () => {
  const cwd = makeProject(await appFiles());
  const up = startCli(["up", "--port", "0"], cwd);
  await up.until("stderr", "is running");
  expect((await runCli(["serve", "app.ts"], cwd)).code).toBe(0);

  const following = startCli(["logs", "app", "hello", "--follow"], cwd);
  await following.until("stdout", "hello is starting");
  expect(await following.stop()).toMatchObject({ code: 0, stderr: "" });

  const closed = startCli(["logs", "app", "hello", "--json"], cwd);
  closed.child.stdout.destroy();
  expect(await closed.finished).toMatchObject({ code: 0, stderr: "" });

  expect((await up.stop()).code).toBe(0);
});
