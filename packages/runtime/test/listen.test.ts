import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { listen } from "../src/index.ts";
import { get, plainEnvironment, rawClient } from "./helpers.ts";
import { fixture, runFile } from "./processes.ts";

const here = { port: 0, host: "127.0.0.1", handleSignals: false };

test("an environment is served, and closed twice without harm", async () => {
  const environment = plainEnvironment((_request, response) => response.end("hello"));
  const listening = await listen(environment, here);
  expect(listening.endpoint).toBe(`http://localhost:${listening.port}`);
  expect(await (await fetch(listening.endpoint)).text()).toBe("hello");
  await Promise.all([listening.close(), listening.close()]);
  await expect(fetch(listening.endpoint)).rejects.toThrow("fetch failed");
  await listening[Symbol.asyncDispose]();
});

test("a port in use is named, and what had started is closed", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  let closed = 0;
  const environment = plainEnvironment((_request, response) => response.end());
  environment.onShutdown(() => void (closed += 1));
  await expect(listen(environment, { ...here, port })).rejects.toMatchObject({
    code: "PORT_IN_USE",
    message: expect.stringContaining(`port ${port}`),
  });
  expect(closed).toBe(1);
});

const ask = async (url: string, key: string) => (await fetch(url, { headers: { "x-api-key": key } })).status;

test("API keys that anybody could send are refused", async () => {
  const environment = plainEnvironment((_request, response) => response.end(), { requiresAuth: true });
  for (const key of ["changeme", " ", "<key>"]) {
    const refused = listen(environment, { ...here, apiKeys: ["good", key] });
    await expect(refused).rejects.toMatchObject({ code: "INVALID_OPTION" });
  }
  vi.stubEnv("APPENV_API_KEYS", "good,${API_KEY}");
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(listen(environment, here)).rejects.toThrow(/^APPENV_API_KEYS holds/);
});

test("API keys come from the options or from APPENV_API_KEYS", async () => {
  const environment = plainEnvironment((_request, response) => response.end(), { requiresAuth: true });
  await using given = await listen(environment, { ...here, apiKeys: ["given"] });
  expect([await ask(given.endpoint, "given"), await ask(given.endpoint, "other")]).toEqual([200, 401]);
  vi.stubEnv("APPENV_API_KEYS", "first, second");
  onTestFinished(() => void vi.unstubAllEnvs());
  await using fromEnv = await listen(environment, here);
  expect([await ask(fromEnv.endpoint, "second"), await ask(fromEnv.endpoint, "given")]).toEqual([200, 401]);
});

test("without any key it starts, answers 401 and says which variable is missing", async () => {
  const served = runFile(fixture("listen-main.ts"), [], { TEST_AUTH: "yes", APPENV_API_KEYS: "" });
  const [, url = ""] = await served.until(/serving (\S+)/);
  await served.until(/APPENV_API_KEYS/);
  expect((await fetch(url)).status).toBe(401);
});

async function shutdownFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "appenv-runtime-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "shutdown");
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s lets open requests finish, runs onShutdown once and exits 0",
  async (signal) => {
    const file = await shutdownFile();
    const served = runFile(fixture("listen-main.ts"), [], { TEST_SHUTDOWN_FILE: file });
    const [, port] = await served.until(/serving http:\/\/localhost:(\d+)/);
    const client = rawClient(Number(port)).send(get("/slow", "Expect: 100-continue\r\n"));
    await client.until("100 Continue");
    served.child.kill(signal);
    await client.until("slow");
    expect(await served.exited).toBe(0);
    expect(await readFile(file, "utf8")).toBe("shut down");
  },
);

test("the second signal ends the process at once", async () => {
  const served = runFile(fixture("listen-main.ts"));
  const [, port] = await served.until(/serving http:\/\/localhost:(\d+)/);
  const client = rawClient(Number(port)).send(get("/hang", "Expect: 100-continue\r\n"));
  await client.until("100 Continue");
  served.child.kill("SIGTERM");
  await rawClient(Number(port)).closed;
  served.child.kill("SIGTERM");
  expect(await served.exited).toBe(143);
});

const standalone = fileURLToPath(new URL("../src/standalone/main.ts", import.meta.url));

test("appenv-replica serves a file", async () => {
  const args = ["--module", fixture("test-app.ts"), "--environment", "test-app", "--port", "0", "--host", "127.0.0.1"];
  const served = runFile(standalone, args);
  const [, url = ""] = await served.until(/now serving: (\S+)/);
  expect(await (await fetch(url)).text()).toBe("hello");
  served.child.kill("SIGTERM");
  expect(await served.exited).toBe(0);
});

test("in a container, parameters that the spec carries are there before the file is imported", async () => {
  const model = fixture("test-app.ts");
  const given = { name: "model", type: "file", value: model, download: true, envVar: "TEST_MODEL" };
  const args = ["--module", fixture("parameter-app.ts"), "--port", "0", "--host", "127.0.0.1"];
  const served = runFile(standalone, args, { APPENV_PARAMETERS: JSON.stringify([given]) });
  const [, url = ""] = await served.until(/now serving: (\S+)/);
  expect(await (await fetch(url)).json()).toEqual({ atImport: model, hook: model, mode: "declared" });
  const gone = { ...given, value: "/nowhere/at/all" };
  const failing = runFile(standalone, args, { APPENV_PARAMETERS: JSON.stringify([gone]) });
  expect(await failing.exited).toBe(1);
  expect(failing.output).toMatch(/\[PARAMETER_FAILED\].*'model'.*\/nowhere\/at\/all, which is not there/);
});

test.each([
  [[], /--module is missing/],
  [["--module", "nowhere.ts"], /\[FILE_NOT_FOUND\].*nowhere\.ts/],
  [["--module", fixture("throwing-app.ts")], /\[LOAD_FAILED\].*this app throws/],
  [["--module", fixture("test-app.ts")], /\[AMBIGUOUS_ENVIRONMENT\].*'test-app', 'failing', 'slow-start'/],
  [["--module", fixture("test-app.ts"), "--environment", "failing"], /\[START_FAILED\].*no database here/],
  [["--module", fixture("test-app.ts"), "--environment", "test-app", "--port", "x"], /--port is "x"/],
])("appenv-replica %j explains what is wrong", async (args, message) => {
  const served = runFile(standalone, args);
  expect(await served.exited).toBe(1);
  expect(served.output).toMatch(message);
});
