import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkNode } from "../src/doctor/node.ts";
import { isTaken, whoListens } from "../src/doctor/ports.ts";
import { type CliResult, makeProject, runCli } from "./support/cli.ts";

interface Report {
  readonly ok: boolean;
  readonly checks: readonly { check: string; status: string; found: string; fix?: string }[];
}

test("it says what serve would find, and fails only if something would stop it", async () => {
  const cwd = makeProject();
  const result = await runCli(["doctor", "--json"], cwd);
  const { ok, checks } = readReport(result);
  expect(result.code).toBe(ok ? 0 : 1);
  expect(ok).toBe(checks.every(({ status }) => status !== "fail"));
  expect(checks.map(({ check }) => check)).toEqual(
    expect.arrayContaining([
      "node",
      "state",
      "disk",
      "platform",
      "port 7070",
      "port 8080",
      "config",
      "endpoint",
      "bundler",
    ]),
  );
  expect(found(checks, "state")).toMatchObject({ status: "ok", found: expect.stringContaining(join(cwd, ".appenv")) });
  expect(found(checks, "platform")).toMatchObject({ found: expect.stringContaining("not running") });
  expect(found(checks, "bundler")).toMatchObject({ status: "ok" });
});

test("a configured control plane that does not answer would stop serve", async () => {
  const cwd = makeProject({ "config.yaml": "admin:\n  endpoint: http://localhost:1\n  insecure: true\n" });
  const result = await runCli(["doctor", "--json"], cwd);
  expect(result.code).toBe(1);
  const { checks } = readReport(result);
  expect(found(checks, "config")).toMatchObject({
    status: "ok",
    found: expect.stringContaining(join(cwd, "config.yaml")),
  });
  expect(found(checks, "endpoint")).toMatchObject({ status: "fail", fix: expect.stringContaining("--local") });
});

test("a broken configuration and a state directory that cannot be are found", async () => {
  const cwd = makeProject({ "config.yaml": "admin: [", file: "" });
  const result = await runCli(["doctor"], cwd, { APPENV_HOME: "/proc/appenv" });
  expect(result.code).toBe(1);
  expect(result.stdout).toMatch(/^fail +config .*config\.yaml/m);
  expect(result.stdout).toMatch(/^fail +state .*\/proc\/appenv/m);
});

test("Node is compared by number, not by text", () => {
  expect(checkNode("22.9.0").status).toBe("fail");
  expect(checkNode("22.19.0").status).toBe("ok");
  expect(checkNode("24.0.0").status).toBe("ok");
  expect(checkNode("20.20.2")).toMatchObject({ status: "fail", fix: expect.stringContaining("22.19") });
});

test.runIf(process.platform === "linux")("who listens on a port is named", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as { port: number };
  try {
    expect(await isTaken(port)).toBe(true);
    expect(await whoListens(port)).toContain(`process ${process.pid} (`);
  } finally {
    await new Promise((done) => server.close(done));
  }
  expect(await isTaken(port)).toBe(false);
});

function readReport({ stdout }: CliResult): Report {
  return JSON.parse(stdout) as Report;
}

function found(checks: Report["checks"], name: string): Report["checks"][number] | undefined {
  return checks.find(({ check }) => check === name);
}
