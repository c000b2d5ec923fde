import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { App } from "@appenv/client";
import { Task } from "@appenv/client/tasks";
import { AppEnvironment, withOwnCredentials, type AppEnvironmentOptions } from "@appenv/core";
import { startApp } from "@appenv/runtime";
import { expect, onTestFinished, test, vi } from "vitest";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

/** A call of a control plane: what for, and by whom. */
interface Call {
  readonly method: string;
  readonly name: string;
  readonly authorization: string | undefined;
}

/** A control plane that refuses everything, and keeps what it was asked. Answers when `together` calls of a method wait. */
async function recorder(together = 1): Promise<{ endpoint: string; calls: Call[] }> {
  const calls: Call[] = [];
  const waiting = new Map<string, (() => void)[]>();
  const server = createServer(async (request, response) => {
    if (request.url === "/healthz") return void response.end("OK");
    const method = request.url?.split("/").at(-1) ?? "";
    const body = Buffer.concat(await request.toArray()).toString("latin1");
    calls.push({ method, name: /caller-\d+/.exec(body)?.[0] ?? "", authorization: request.headers.authorization });
    const answers = [...(waiting.get(method) ?? []), () => void response.writeHead(401).end("no")];
    waiting.set(method, answers.length < together ? answers : []);
    if (answers.length >= together) for (const answer of answers) answer();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}

/** This process is one of a control plane, with credentials of its own. */
function configure(endpoint: string): void {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv("HOME", tempDirectory());
  vi.stubEnv("FLYTE_ADMIN_ENDPOINT", endpoint);
  vi.stubEnv("FLYTE_ADMIN_INSECURE", "true");
  vi.stubEnv("FLYTE_API_KEY", "own-token");
}

const getTask = (name: string, endpoint?: string) =>
  Task.get(name, { version: "v", ...(endpoint === undefined ? {} : { endpoint }) });

/** Serves an app whose handler does something for the caller named in the path; its failures are of no interest. */
async function serve(act: (name: string) => Promise<unknown>, options: Partial<AppEnvironmentOptions> = {}) {
  const environment = new AppEnvironment({
    name: "app",
    requiresAuth: false,
    auth: { passThrough: true },
    ...options,
  });
  environment.server(() => async (request, response) => {
    await act(request.url?.slice(1) ?? "").catch(() => {});
    response.end("done");
  });
  const app = await startApp(environment, { port: 8080, auth: { required: false, keyHashes: [] } });
  onTestFinished(() => app.stop("stop", 0));
  const port = await app.ingress.accept({ port: 0, host: "127.0.0.1" });
  return async (name: string, authorization?: string): Promise<void> => {
    const headers = authorization === undefined ? {} : { authorization };
    await (await fetch(`http://127.0.0.1:${port}/${name}`, { headers })).text();
  };
}

test("calls that are made at the same time carry each the credentials of their own caller", async () => {
  const together = 20;
  const { endpoint, calls } = await recorder(together);
  configure(endpoint);
  const ask = await serve(async (name) => {
    await Promise.allSettled([App.get(name), getTask(name)]);
    await App.get(name);
  });
  const callers = Array.from({ length: together }, (_, index) => `caller-${index}`);
  await Promise.all(callers.map((name) => ask(name, `Bearer of-${name}`)));
  expect(calls).toHaveLength(3 * together);
  for (const { name, authorization } of calls) expect(authorization).toBe(`Bearer of-${name}`);
});

test("a caller without credentials has none there either, and one who is refused is not helped out", async () => {
  const { endpoint, calls } = await recorder();
  configure(endpoint);
  const ask = await serve((name) => App.get(name));
  await ask("caller-1");
  await ask("caller-2", "Bearer of-caller-2");
  expect(calls).toEqual([
    { method: "Get", name: "caller-1", authorization: undefined },
    { method: "Get", name: "caller-2", authorization: "Bearer of-caller-2" },
  ]);
});

test("the app's own credentials are used where that is said, outside of requests, and without the option", async () => {
  const { endpoint, calls } = await recorder();
  configure(endpoint);
  const ask = await serve(async (name) => {
    await withOwnCredentials(() => App.get(name)).catch(() => {});
    await App.get(name);
  });
  await ask("caller-1", "Bearer of-caller-1");
  await App.get("caller-2").catch(() => {});
  const plain = await serve((name) => App.get(name), { auth: undefined as never });
  await plain("caller-3", "Bearer of-caller-3");
  const used = calls.map(({ name, authorization }) => [name, authorization]);
  expect([...new Set(used.map(String))]).toEqual([
    "caller-1,Bearer own-token",
    "caller-1,Bearer of-caller-1",
    "caller-2,Bearer own-token",
    "caller-3,Bearer own-token",
  ]);
});

test("callers' credentials go to the configured control plane, and nowhere else", async () => {
  const [configured, other] = [await recorder(), await recorder()];
  configure(configured.endpoint);
  const ask = await serve(async (name) => {
    await getTask(name, other.endpoint).catch(() => {});
    await getTask(name, configured.endpoint);
  });
  await ask("caller-1", "Bearer of-caller-1");
  expect(other.calls.map(({ authorization }) => authorization)).toEqual([undefined]);
  expect(configured.calls.map(({ authorization }) => authorization)).toEqual(["Bearer of-caller-1"]);
});

function make(auth: object, requiresAuth = false): AppEnvironment {
  return new AppEnvironment({ name: "app", requiresAuth, auth });
}

test("the option is checked, and may stand beside `requiresAuth: false` alone", () => {
  expect(make({ passThrough: true }).auth.passThrough).toBe(true);
  expect(make({ passThrough: true, openDocs: false }, true).auth).toMatchObject({ passThrough: true, openDocs: false });
  expect(() => make({ passThrough: "yes" }, true)).toThrow("auth.passThrough");
  for (const auth of [{}, { passThrough: false }, { passThrough: true, openDocs: true }]) {
    expect(() => make(auth)).toThrow("passThrough: true");
  }
});
