import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AuthorizationServer } from "@appenv-internal/conformance/flyte-backend/auth/authorization-server";
import { browse } from "@appenv-internal/conformance/flyte-backend/auth/browser";
import { startFlyteBackend, type FlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { systemProgram } from "@appenv-internal/test-support/system";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { makeProject, runCli } from "./support/cli.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const python = systemProgram("python3");

let server: AuthorizationServer;
let backend: FlyteBackend;
let endpoint: string;
beforeAll(async () => {
  const port = await new Promise<number>((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address() as { port: number };
      probe.close(() => done(address.port));
    });
  });
  server = await AuthorizationServer.start({ redirectUri: `http://localhost:${port}/callback` });
  backend = await startFlyteBackend({ auth: { server } });
  endpoint = backend.endpoint;
});
afterAll(async () => {
  await backend.close();
  await server.close();
});

/** A project that is configured for the backend, with a browser that notes the page it is to open. */
function configured(): { folder: string; env: Record<string, string>; page: string } {
  const folder = makeProject();
  mkdirSync(join(folder, ".flyte"));
  writeFileSync(join(folder, ".flyte/config.yaml"), `admin:\n  endpoint: ${endpoint}\n`);
  mkdirSync(join(folder, "bin"));
  const page = join(folder, "page");
  writeFileSync(join(folder, "bin/xdg-open"), `#!/bin/sh\nprintf %s "$1" > ${page}.part && mv ${page}.part ${page}\n`);
  chmodSync(join(folder, "bin/xdg-open"), 0o755);
  const env = {
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, "config"),
    PATH: `${join(folder, "bin")}:${process.env["PATH"]}`,
  };
  return { folder, env, page };
}

/** Runs a command at a terminal. Gives all that was shown. */
async function atTerminal(args: readonly string[], cwd: string, env: Record<string, string>): Promise<string> {
  const script = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
  const words = ["-c", script, process.execPath, main, ...args];
  return (await promisify(execFile)("python3", words, { cwd, env })).stdout;
}

const logins = (env: Record<string, string>): string => join(env["XDG_CONFIG_HOME"]!, "appenv/logins");

test.skipIf(python.missing)("a login at a terminal is used by later commands, until logout", async () => {
  const { folder, env, page } = configured();
  const login = atTerminal(["login"], folder, env);
  await vi.waitUntil(() => existsSync(page), { timeout: 20_000, interval: 20 });
  await browse(readFileSync(page, "utf8"));
  const shown = await login;
  expect(shown).toContain(`Logged in to ${endpoint}; the login is renewed by itself.`);
  const file = readdirSync(logins(env)).find((name) => name.endsWith(".json"))!;
  const { accessToken, refreshToken } = JSON.parse(readFileSync(join(logins(env), file), "utf8"));
  for (const secret of [accessToken, refreshToken]) expect(shown).not.toContain(secret);
  const who = await runCli(["whoami", "--json"], folder, env);
  expect(JSON.parse(who.stdout)).toEqual({ endpoint, subject: "ada", name: "Name of ada", email: "" });
  expect(await runCli(["get", "app"], folder, env)).toMatchObject({ code: 0 });
  expect((await runCli(["logout"], folder, env)).stdout).toBe(`Logged out of ${endpoint}.\n`);
  expect((await runCli(["logout"], folder, env)).stdout).toBe(`There was no login to ${endpoint}.\n`);
  const without = await runCli(["get", "app"], folder, env);
  expect([without.code, without.stderr]).toEqual([1, expect.stringContaining(`appenv login --endpoint ${endpoint}`)]);
});

test.skipIf(python.missing)("any command at a terminal has the person log in where that is needed", async () => {
  const { folder, env, page } = configured();
  const who = atTerminal(["whoami"], folder, env);
  await vi.waitUntil(() => existsSync(page), { timeout: 20_000, interval: 20 });
  await browse(readFileSync(page, "utf8"), { name: "grace" });
  expect(await who).toMatch(/Log in in the browser that opens[^]*subject: +grace/);
});

test("without a terminal, a login names the other ways", async () => {
  const { folder, env } = configured();
  const refused = await runCli(["login"], folder, env);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("--auth-type DeviceFlow")]);
});
