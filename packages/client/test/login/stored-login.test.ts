import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { existsSync, readdirSync } from "node:fs";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { robot } from "@appenv-internal/conformance/flyte-backend/auth/robot";
import { browse } from "@appenv-internal/conformance/flyte-backend/auth/browser";
import { AuthMetadataService } from "@appenv/protocol";
import { Code, ConnectError, createRouterTransport } from "@connectrpc/connect";
import { personChannel } from "@appenv/core/internal";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { App } from "../../src/index.ts";
import { loadConfig, type ClientConfig } from "../../src/config/config.ts";
import { connect } from "../../src/control-plane/connect.ts";
import { loginWithBrowser } from "../../src/login/browser-flow.ts";
import { takesLogin } from "../../src/login/credentials.ts";
import { withLoginLock } from "../../src/login/login-lock.ts";
import { discoverLogin } from "../../src/login/login-server.ts";
import { writeLogin } from "../../src/login/login-store.ts";
import { LoginTokens } from "../../src/login/login-tokens.ts";
import { login } from "../../src/login/login.ts";
import { mapErrors } from "../../src/transport/errors.ts";
import { createOpenTransport } from "../../src/transport/transport.ts";
import { errorOf } from "../support/error-of.ts";
import { inNode } from "../support/in-node.ts";
import { LoginWorld, plain } from "../support/login-world.ts";

let world: LoginWorld;
beforeAll(async () => void (world = await LoginWorld.start()));
afterAll(() => world[Symbol.asyncDispose]());

// Each test is a user of its own.
beforeEach(() => void vi.stubEnv("XDG_CONFIG_HOME", tempDirectory()));
afterEach(() => void vi.unstubAllEnvs());

const openTransport = () => createOpenTransport(world.endpoint, plain);

describe("a stored login", () => {
  test("is refreshed once when its token is refused, for all calls at the same time", async () => {
    await world.login();
    const before = await world.stored();
    const refreshes = world.refreshes;
    expect(await world.whoAmI()).toBe("ada");
    await world.server.end(before!.accessToken);
    expect(await Promise.all([world.whoAmI(), world.whoAmI()])).toEqual(["ada", "ada"]);
    expect(world.refreshes).toBe(refreshes + 1);
    expect((await world.stored())!.refreshToken).not.toBe(before!.refreshToken);
  });

  test("is refreshed shortly before its token ends", async () => {
    await world.login();
    const stored = await world.stored();
    await writeLogin(world.file, { ...stored!, expiresAt: Date.now() });
    const token = await new LoginTokens(world.endpoint, plain, openTransport).get();
    expect(token).not.toBe(stored!.accessToken);
    expect(await world.server.subjectOf(token!)).toBe("ada");
  });

  test("that the server ended is forgotten, and a program is told to have somebody log in", async () => {
    await world.login();
    const { accessToken, refreshToken } = (await world.stored())!;
    await world.server.end(accessToken);
    await world.server.endRefresh(refreshToken!);
    const error = await errorOf(world.whoAmI());
    expect([error.code, error.message]).toEqual([
      "UNAUTHENTICATED",
      `The login to the control plane at ${world.endpoint} has ended.`,
    ]);
    expect(error.fix).toContain(`appenv login --endpoint ${world.endpoint}`);
    expect(existsSync(world.file)).toBe(false);
    expect(JSON.stringify([error, error.cause])).not.toContain(refreshToken);
  });

  test("survives an authorization server that does not answer", async () => {
    await world.login();
    await world.server.end((await world.stored())!.accessToken);
    world.server.answers.push({ status: 503, body: {} });
    expect((await errorOf(world.whoAmI())).code).toBe("UNREACHABLE");
    expect(await world.whoAmI()).toBe("ada");
  });

  test("two processes that find its token refused refresh it once", async () => {
    await world.login();
    await world.server.end((await world.stored())!.accessToken);
    const refreshes = world.refreshes;
    const marks = tempDirectory();
    const script = `const { writeFileSync } = await import("node:fs");
      const { LoginTokens } = await load("login/login-tokens.ts");
      const tokens = new LoginTokens(${JSON.stringify(world.endpoint)}, ${JSON.stringify(plain)});
      const refused = await tokens.get();
      writeFileSync(${JSON.stringify(marks)} + "/" + process.pid, "");
      return tokens.renew(refused);`;
    let both: Promise<unknown[]> | undefined;
    await withLoginLock(world.file, async () => {
      both = Promise.all([inNode(script), inNode(script)]);
      await vi.waitUntil(() => readdirSync(marks).length === 2, { timeout: 20_000, interval: 10 });
    });
    const given = await both;
    const { accessToken } = (await world.stored())!;
    expect(given).toEqual([accessToken, accessToken]);
    expect(world.refreshes).toBe(refreshes + 1);
    // The provider ends a login whose refresh token is used twice.
    expect(await world.whoAmI()).toBe("ada");
  });

  test("a watch goes on when the token ends", async () => {
    await world.login();
    vi.stubEnv("FLYTE_ADMIN_ENDPOINT", world.endpoint);
    const { apps } = await connect();
    const id = { project: "flytesnacks", domain: "development", name: "watched", org: "local" };
    const command = ["node", "-e", "require('node:http').createServer((_, r) => r.end()).listen(process.env.PORT)"];
    await apps.create({
      app: { metadata: { id }, spec: { appPayload: { case: "container", value: { image: "node", command } } } },
    });
    const refreshes = world.refreshes;
    const seen: string[] = [];
    const app = await App.get("watched");
    let stopped: Promise<void> | undefined;
    const endTokenThenStop = async (): Promise<void> => {
      await world.server.end((await world.stored())!.accessToken);
      await vi.waitUntil(() => world.refreshes === refreshes + 1, { timeout: 10_000, interval: 10 });
      await app.deactivate();
    };
    for await (const { phase } of app.watch()) {
      seen.push(phase);
      if (seen.length === 1) stopped = endTokenThenStop();
      if (phase === "STOPPED") break;
    }
    await stopped;
    expect(seen.at(-1)).toBe("STOPPED");
  });

  test("that is missing is made when a stream needs it, and a person watches", async () => {
    vi.stubEnv("FLYTE_ADMIN_ENDPOINT", world.endpoint);
    vi.stubEnv("PATH", "");
    const streams = [process.stdin, process.stderr];
    const before = streams.map(({ isTTY }) => isTTY);
    for (const stream of streams) stream.isTTY = true;
    const pages: unknown[] = [];
    const goThere = (line: unknown): void => void pages.push(browse(/http\S+/.exec(String(line))![0]));
    subscribe(personChannel, goThere);
    onTestFinished(() => {
      streams.forEach((stream, index) => (stream.isTTY = before[index]!));
      unsubscribe(personChannel, goThere);
    });
    const appId = { project: "flytesnacks", domain: "development", name: "watched", org: "local" };
    for await (const { event } of (await connect()).apps.watch({ target: { case: "appId", value: appId } })) {
      expect(event.case).toBe("createEvent");
      break;
    }
    expect([pages.length, (await world.stored())?.clientId]).toEqual([1, "flytectl"]);
  });

  test.each([
    ["http://flyte.example.com", false],
    ["https://flyte.example.com", true],
    ["http://127.0.0.1:8090", true],
    ["unix:/tmp/api.sock", false],
  ])("is sent to %s: %s", (endpoint, isSent) => {
    expect(takesLogin(endpoint)).toBe(isSent);
  });
});

describe("credentials without a person", () => {
  test("a client with a secret, and the API key of one", async () => {
    vi.stubEnv("ROBOT_SECRET", robot.secret);
    const config: ClientConfig = {
      ...plain,
      authType: "ClientSecret",
      clientId: robot.id,
      clientSecretEnvVar: "ROBOT_SECRET",
      scopes: ["all"],
    };
    expect(await world.whoAmI(config)).toBe("robot");
    const key = Buffer.from(`${world.endpoint}:${robot.id}:${robot.secret}:`).toString("base64");
    expect(await world.whoAmI(await loadConfig({ env: { FLYTE_API_KEY: key, FLYTE_ADMIN_SCOPES: "all" } }))).toBe(
      "robot",
    );
  });

  test("a command, whose token the provider knows", async () => {
    await world.login();
    const { accessToken } = (await world.stored())!;
    expect(await world.whoAmI({ ...plain, authType: "ExternalCommand", command: ["echo", accessToken] })).toBe("ada");
  });

  test("pass-through has none of its own", async () => {
    await world.login();
    const error = await errorOf(world.whoAmI({ ...plain, authType: "Passthrough" }));
    expect([error.code, error.fix]).toEqual(["UNAUTHENTICATED", expect.stringContaining("passThrough")]);
  });

  test.each([
    ["refuses to say", () => Promise.reject(new ConnectError("no auth server", Code.Unimplemented))],
    ["names none", () => ({})],
  ])("a control plane that %s has no login", async (_, getOAuth2Metadata) => {
    const services = { getOAuth2Metadata, getPublicClientConfig: () => ({}) };
    const transport = mapErrors(
      createRouterTransport((router) => void router.service(AuthMetadataService, services)),
      "x",
    );
    const error = await errorOf(login(world.endpoint, plain, transport, { interactive: true }));
    expect(error).toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("names no authorization server"),
    });
  });

  test.each(["file:///etc/passwd", "http://tokens.example.com/token", "mailto:me", ""])(
    "an authorization server at %j is none",
    async (url) => {
      const open = vi.fn<(url: string) => void>();
      const server = { ...(await discoverLogin(openTransport(), plain)), authorizationEndpoint: url };
      const error = await errorOf(loginWithBrowser(server, plain, { say: () => {} }, open));
      expect(open).not.toHaveBeenCalled();
      expect([error.code, error.message]).toEqual(["UNSUPPORTED", expect.stringContaining("authorization endpoint")]);
    },
  );

  test("tokens come in the header that the control plane names", async () => {
    await using other = await LoginWorld.start("flyte-authorization");
    await other.login();
    expect(await other.whoAmI()).toBe("ada");
  });
});
