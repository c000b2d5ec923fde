import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { browse } from "@appenv-internal/conformance/flyte-backend/auth/browser";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { logIn, logOut, whoAmI } from "../../src/login/account.ts";
import { loginWithDevice } from "../../src/login/device-flow.ts";
import { discoverLogin } from "../../src/login/login-server.ts";
import { login } from "../../src/login/login.ts";
import { createOpenTransport } from "../../src/transport/transport.ts";
import { errorOf } from "../support/error-of.ts";
import { LoginWorld, plain } from "../support/login-world.ts";

let world: LoginWorld;
beforeAll(async () => void (world = await LoginWorld.start()));
afterAll(() => world[Symbol.asyncDispose]());

// Each test is a user of its own.
beforeEach(() => void vi.stubEnv("XDG_CONFIG_HOME", tempDirectory()));
afterEach(() => void vi.unstubAllEnvs());

const openTransport = () => createOpenTransport(world.endpoint, plain);

describe("a login by the browser", () => {
  test("stores tokens for this user alone, which every later call is sent with", async () => {
    const { said, page } = await world.login();
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining("Your answer has arrived") });
    const stored = await world.stored();
    expect(stored).toMatchObject({ endpoint: world.endpoint, clientId: "flytectl", refreshToken: expect.any(String) });
    expect(statSync(world.file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(world.file)).mode & 0o777).toBe(0o700);
    expect(said).toEqual([
      expect.stringMatching(/^Log in in the browser that opens, or open http:.+code_challenge_method=S256/),
    ]);
    for (const secret of [stored!.accessToken, stored!.refreshToken!]) expect(said.join()).not.toContain(secret);
    expect(await world.whoAmI()).toBe("ada");
  });

  test("an answer to another login is refused, and the right one is still taken", async () => {
    const statuses: number[] = [];
    const open = async (url: string): Promise<void> => {
      for (const query of ["code=stolen&state=wrong", "code=stolen"]) {
        statuses.push((await fetch(`${world.redirectUri}?${query}`)).status);
      }
      statuses.push((await fetch(new URL("/elsewhere", world.redirectUri))).status);
      await browse(url);
    };
    await login(world.endpoint, plain, openTransport(), { interactive: true, say: () => {}, open });
    expect(statuses).toEqual([400, 400, 404]);
    expect(await world.whoAmI()).toBe("ada");
  });

  test("a person who refuses is not logged in", async () => {
    const error = await errorOf(world.login({ denies: true }));
    expect([error.code, error.message]).toEqual(["UNAUTHENTICATED", expect.stringContaining("access_denied")]);
    expect(existsSync(world.file)).toBe(false);
  });

  test("without a terminal it names the other ways", async () => {
    const error = await errorOf(login(world.endpoint, plain, openTransport(), { interactive: false }));
    expect(error.code).toBe("UNAUTHENTICATED");
    expect(error.fix).toContain(`appenv login --endpoint ${world.endpoint} --auth-type DeviceFlow`);
  });
});

describe("a login with a code", () => {
  const pauses: number[] = [];
  const start = async (during: (pause: number, page: string) => Promise<unknown> | void) => {
    pauses.length = 0;
    const said: string[] = [];
    const talk = { say: (line: string) => void said.push(line) };
    const tokens = loginWithDevice(await discoverLogin(openTransport(), plain), plain, talk, async (ms) => {
      await during(pauses.push(ms), said.at(-1)!.replace(/^or open /, ""));
    });
    return { said, tokens: await tokens };
  };

  test("asks until the code was entered, and less often when it is told to slow down", async () => {
    world.server.answers.push({ status: 400, body: { error: "slow_down" } });
    const { said, tokens } = await start((pause, page) => (pause === 3 ? browse(page) : undefined));
    expect(pauses).toEqual([5_000, 10_000, 10_000]);
    expect(said[0]).toMatch(/^Open http:\S+\/device in a browser and enter the code [A-Z-]+$/);
    expect(await world.server.subjectOf(tokens.accessToken)).toBe("ada");
  });

  test("ends when the person refuses, or does nothing", async () => {
    const refused = await errorOf(start((_, page) => browse(page, { denies: true })));
    expect([refused.code, refused.message]).toEqual(["UNAUTHENTICATED", expect.stringContaining("access_denied")]);
    const late = await errorOf(start(() => {}));
    expect(late.message).toBe("The code was not entered in time.");
  });
});

describe("logIn", () => {
  test("names the control plane and how long the login lasts", async () => {
    vi.stubEnv("FLYTE_ADMIN_ENDPOINT", world.endpoint);
    const made = await logIn({}, { interactive: true, say: () => {}, open: (url) => void browse(url) });
    expect(made).toEqual({ endpoint: world.endpoint, expiresAt: expect.any(Date), isRefreshed: true });
    expect(await whoAmI()).toMatchObject({ endpoint: world.endpoint, subject: "ada", name: "Name of ada" });
    expect(await logOut()).toEqual({ endpoint: world.endpoint, had: true });
    expect(await logOut()).toEqual({ endpoint: world.endpoint, had: false });
  });

  test.each<[Record<string, string>, string]>([
    [{ FLYTE_API_KEY: "key" }, "FLYTE_API_KEY is set"],
    [{ FLYTE_ADMIN_INSECURE: "true" }, "admin.insecure is true"],
    [{ FLYTE_ADMIN_AUTHTYPE: "ClientSecret" }, "admin.authType is ClientSecret"],
    [{ FLYTE_ADMIN_ENDPOINT: "http://flyte.example.com" }, "http://flyte.example.com is without TLS"],
  ])("%o: there is nothing to log in to", async (env, message) => {
    for (const [name, value] of Object.entries({ FLYTE_ADMIN_ENDPOINT: world.endpoint, ...env }))
      vi.stubEnv(name, value);
    const error = await errorOf(logIn({}, { interactive: true }));
    expect([error.code, error.message]).toEqual(["UNSUPPORTED", expect.stringContaining(message)]);
  });
});
