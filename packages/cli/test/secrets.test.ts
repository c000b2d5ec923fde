import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { makeProject, runCli, startCli, type CliResult } from "./support/cli.ts";
import { reservedPort } from "@appenv-internal/test-support/reserved-port";

const value = 'hunter2 "swordfish" grüße';
const pem = "-----BEGIN KEY-----\nfirst-line-of-key\nsecond-line-of-key\n";
const inStore = ["--project", "flytesnacks", "--domain", "development"];

const source = (port: number): string => `
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { AppEnvironment, TaskEnvironment } from "@appenv/core";
import { z } from "zod";
export const env = new AppEnvironment({
  name: "hello",
  port: ${port},
  requiresAuth: false,
  secrets: ["api-token", { key: "tls.key", group: "web", mount: "/etc/flyte/secrets" }],
});
env.onStartup(() => console.log("starting with " + process.env.API_TOKEN));
env.server(() => createServer((request, response) => {
  const file = process.env.FLYTE_SECRETS_DEFAULT_DIR + "/web/tls.key";
  console.error(readFileSync(file, "utf8"));
  const mode = (statSync(file).mode & 0o777).toString(8);
  response.end(JSON.stringify({ token: process.env.API_TOKEN, key: readFileSync(file, "utf8"), file, mode }));
}));
export const broken = new AppEnvironment({ name: "broken", requiresAuth: false, secrets: "api-token" });
broken.onStartup(() => { throw new Error("cannot use " + process.env.API_TOKEN); });
broken.server(() => createServer());
export const tasks = new TaskEnvironment({
  name: "spies",
  secrets: ["api-token", { key: "tls.key", mount: "/etc/flyte/secrets" }],
});
tasks.task({ name: "tell" }, (_, { log }) => {
  const key = readFileSync(process.env.FLYTE_SECRETS_DEFAULT_DIR + "/tls.key", "utf8");
  log.info("key of " + key.length + " characters: " + key);
  log.info("log of " + process.env.API_TOKEN);
  console.log({ printed: process.env.API_TOKEN });
  throw new Error("told " + process.env.API_TOKEN);
});
`;

/** Every file of the state directory, and what it holds. */
function stateOf(folder: string): readonly (readonly [string, string])[] {
  const home = join(folder, ".appenv");
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), "latin1")]);
}

function createSecret(folder: string, args: readonly string[], input = ""): Promise<CliResult> {
  return runCli(["create", "secret", ...args], folder, {}, input);
}

async function answer(port: number): Promise<Record<string, string>> {
  return (await fetch(`http://localhost:${port}/`)).json() as Promise<Record<string, string>>;
}

test("secrets reach an app and a task, and are seen nowhere else", { timeout: 300_000 }, async () => {
  const port = await reservedPort();
  const folder = makeProject({ "app.ts": source(port), "key.pem": pem });
  const platform = startCli(["up", "--port", "0"], folder);
  await platform.until("stdout", "\n");
  const serve = (name = "env"): Promise<CliResult> => runCli(["serve", "app.ts", name, "--local"], folder);

  const refused = await serve();
  expect(refused.code).toBe(1);
  const [, command = ""] = /`appenv (create secret [^`]+)`/.exec(refused.stderr) ?? [];
  expect(command).toBe(`create secret api-token ${inStore.join(" ")}`);
  expect(await runCli([...command.split(" "), "--json"], folder, {}, `${value}\n`)).toMatchObject({
    code: 0,
    stdout: '{"name":"api-token","replaced":false}\n',
  });
  expect((await serve()).stderr).toContain("'tls.key'");
  expect((await createSecret(folder, ["tls.key", "--from-file", "key.pem", "--scope", "global"])).code).toBe(0);

  expect((await serve()).code).toBe(0);
  const given = await answer(port);
  expect(given).toMatchObject({ token: value, key: pem, mode: "400" });
  expect(statSync(dirname(given["file"] ?? "")).mode & 0o777).toBe(0o700);

  // Files, messages and lists.
  const failed = await serve("broken");
  expect(failed.stderr).toContain("cannot use ***");
  const told = await runCli(["run", "app.ts", "tell", "--local", "--name", "told", "--follow"], folder);
  expect(told.stderr).toContain("told ***");
  const outputs = [
    failed,
    told,
    await runCli(["logs", "app", "hello"], folder),
    await runCli(["logs", "run", "told"], folder),
    await runCli(["get", "run", "told", "--json"], folder),
    await runCli(["get", "app", "--json"], folder),
    await runCli(["get", "secret"], folder),
    await runCli(["get", "secret", "api-token", "--json"], folder),
  ];
  expect(outputs[2]?.stdout).toContain("starting with ***");
  expect(outputs[3]?.stdout).toContain("log of ***");
  expect(outputs[3]?.stdout).toContain(`key of ${pem.length} characters: ***`);
  expect(outputs[3]?.stdout).toContain("printed: '***'");
  expect(outputs[6]?.stdout).toMatch(/api-token +project.*\ntls\.key +global/);
  const endpoint = /http:\S+/.exec(platform.stdout)?.[0] ?? "";
  const place = "v2/domain/development/project/flytesnacks";
  for (const page of ["", `${place}/apps/hello`, `${place}/apps/broken`, `${place}/runs/told`]) {
    const shown = await (await fetch(`${endpoint}/${page}`)).text();
    outputs.push({ code: 0, stdout: shown, stderr: "" });
  }
  const { stdout: processes } = await promisify(execFile)("ps", ["-eo", "args"]);
  const seen = [
    ...outputs.map(({ stdout, stderr }) => ["output", stdout + stderr] as const),
    ["ps", processes] as const,
  ];
  const parts = ["hunter2", "swordfish", "first-line-of-key", "second-line-of-key"];
  const leaks = [...seen, ...stateOf(folder)].filter(([, text]) => parts.some((part) => text.includes(part)));
  expect(leaks.map(([where]) => where)).toEqual([]);

  // A change reaches what starts afterwards.
  expect((await createSecret(folder, ["api-token"], "other value")).stderr).toContain("--replace");
  expect((await createSecret(folder, ["api-token", "--replace"], "other value\r\n")).code).toBe(0);
  expect((await answer(port))["token"]).toBe(value);
  await runCli(["deactivate", "hello"], folder);
  await runCli(["activate", "hello"], folder);
  expect((await answer(port))["token"]).toBe("other value");
  expect(existsSync(given["file"] ?? "")).toBe(false);

  // One that is gone stops the start.
  expect((await runCli(["delete", "secret", "api-token"], folder)).stdout).toContain("removed");
  expect((await runCli(["delete", "secret", "api-token"], folder)).stdout).toContain("There was no secret");
  const { stderr } = await runCli(["run", "app.ts", "tell", "--local", "-e", "OTHER=worker"], folder);
  expect(stderr).toContain(`\`appenv create secret api-token ${inStore.join(" ")}\``);
  const { file } = await answer(port);
  await platform.stop();
  expect(existsSync(file ?? "")).toBe(false);
});

test("a secret of the platform's env vars counts where the store has none", { timeout: 180_000 }, async () => {
  const port = await reservedPort();
  const folder = makeProject({ "app.ts": source(port) });
  const env = { API_TOKEN: "from the platform", WEB_TLS_KEY: "key of the platform" };
  const platform = startCli(["serve", "app.ts", "env", "--local", "--port", "0"], folder, env);
  await platform.until("stdout", "\n");
  expect(await answer(port)).toMatchObject({ token: "from the platform", key: "key of the platform" });
  expect((await createSecret(folder, ["api-token"], "of the store")).code).toBe(0);
  await runCli(["deactivate", "hello"], folder);
  await runCli(["activate", "hello"], folder);
  const { token, file } = await answer(port);
  expect(token).toBe("of the store");
  // Not even a platform that is killed leaves the file.
  platform.child.kill("SIGKILL");
  await expect.poll(() => existsSync(file ?? "")).toBe(false);
});

test("refuses what is no secret, and never takes a value from the arguments", async () => {
  const folder = makeProject({ "large.bin": "x".repeat(65_537) });
  const platform = startCli(["up", "--port", "0"], folder);
  await platform.until("stdout", "\n");
  for (const [args, input, part] of [
    [["token", "value"], "", "INVALID_ARGUMENT"],
    [["token", "--value", "value"], "", "INVALID_ARGUMENT"],
    [["token"], "", "empty"],
    [["token", "--from-file", "large.bin"], "", "at most 65536"],
    [["token", "--from-file", "none.bin"], "", "none.bin"],
    [["a/b"], "value", "cannot be the name"],
    [["token", "--scope", "team"], "value", "global"],
  ] as const) {
    const { code, stderr } = await createSecret(folder, [...args, "--json"], input);
    expect([code === 0, stderr]).toEqual([false, expect.stringContaining(part)]);
  }
  expect((await runCli(["get", "secret", "--json"], folder)).stdout).toBe("[]\n");
});

test("at a terminal the value is asked for and not shown", async () => {
  const folder = makeProject();
  const platform = startCli(["up", "--port", "0"], folder);
  await platform.until("stdout", "\n");
  const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
  const script = join(folder, "type.py");
  writeFileSync(script, typist);
  const { stdout } = await promisify(execFile)(
    "python3",
    [script, process.execPath, main, "create", "secret", "typed"],
    { cwd: folder, env: { PATH: process.env["PATH"], HOME: folder, APPENV_HOME: join(folder, ".appenv") } },
  );
  expect(stdout).toContain("Value of 'typed' (not shown): ");
  expect(stdout).toContain("Secret 'typed' is stored.");
  expect(stdout).not.toContain("hunter");
  expect((await runCli(["get", "secret", "--json"], folder)).stdout).toContain('"name":"typed"');
});

/** Runs a command at a terminal, answers its question with a mistake that is corrected, and prints what was shown. */
const typist = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown = b""
answered = False
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        break
    if not part:
        break
    shown += part
    if b"not shown" in shown and not answered:
        answered = True
        os.write(terminal, b"hunterx\\x7f2\\r")
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(status))
`;
