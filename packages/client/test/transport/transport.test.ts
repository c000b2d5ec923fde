import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AppEnvError, errorCatalogue } from "@appenv/core";
import { AppService, AuthMetadataService, errorCodeHeader, errorFixHeader } from "@appenv/protocol";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { describe, expect, test, vi } from "vitest";
import type { ClientConfig } from "../../src/config/config.ts";
import { createTransport } from "../../src/transport/transport.ts";
import { errorOf } from "../support/error-of.ts";
import { FakeControlPlane } from "../support/fake-control-plane.ts";

const plain: ClientConfig = { insecure: true, insecureSkipVerify: false, scopes: [], command: [] };
const identifier = { case: "appId", value: { project: "p", domain: "d", name: "n" } } as const;

/** A server whose `Get` fails, or not, as `answer` says. */
async function serverOf(answer: () => void): Promise<{ endpoint: string; close(): void }> {
  const routes = connectNodeAdapter({
    routes: (router) =>
      router.rpc(AppService.method.get, () => {
        answer();
        return {};
      }),
  });
  const server = createServer(routes);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function failure(error: ConnectError): Promise<AppEnvError> {
  const server = await serverOf(() => {
    throw error;
  });
  try {
    return await errorOf(createClient(AppService, createTransport(server.endpoint, plain)).get({ identifier }));
  } finally {
    server.close();
  }
}

describe("errors", () => {
  test.each([
    [Code.NotFound, "NOT_FOUND"],
    [Code.Unauthenticated, "UNAUTHENTICATED"],
    [Code.PermissionDenied, "UNAUTHENTICATED"],
    [Code.Unimplemented, "UNSUPPORTED"],
    [Code.InvalidArgument, "CONTROL_PLANE"],
  ])("code %i is %s with the server's own message", async (code, expected) => {
    const error = await failure(new ConnectError("what the server says", code));
    expect(error.code).toBe(expected);
    expect(error.message).toContain("what the server says");
  });

  test("the embedded platform's error comes back as it was raised", async () => {
    const metadata = { [errorCodeHeader]: "DISK_FULL", [errorFixHeader]: encodeURIComponent("Räume auf.") };
    const error = await failure(new ConnectError("The disk is full.", Code.Internal, metadata));
    expect([error.code, error.message, error.fix]).toEqual(["DISK_FULL", "The disk is full.", "Räume auf."]);
  });

  test("its advice on what is not there is about what was asked for, unless it has its own", async () => {
    const general = {
      [errorCodeHeader]: "NOT_FOUND",
      [errorFixHeader]: encodeURIComponent(errorCatalogue.NOT_FOUND.fix),
    };
    const own = { ...general, [errorFixHeader]: "Look%20elsewhere." };
    expect((await failure(new ConnectError("no such app", Code.NotFound, general))).fix).toContain("lists the apps");
    expect((await failure(new ConnectError("no such app", Code.NotFound, own))).fix).toBe("Look elsewhere.");
  });

  test("nothing that listens is UNREACHABLE at once", async () => {
    const server = await serverOf(() => {});
    server.close();
    const error = await errorOf(createClient(AppService, createTransport(server.endpoint, plain)).get({ identifier }));
    expect(error.code).toBe("UNREACHABLE");
    expect(error.message).toBe(`The control plane at ${server.endpoint} does not answer: ECONNREFUSED.`);
  });
});

test("a read is tried again when the failure may pass", async () => {
  let calls = 0;
  const server = await serverOf(() => {
    calls += 1;
    if (calls === 1) throw new ConnectError("busy", Code.Unavailable);
  });
  await createClient(AppService, createTransport(server.endpoint, plain)).get({ identifier });
  server.close();
  expect(calls).toBe(2);
});

describe("credentials", () => {
  test("a plain key is sent as it is", async () => {
    await using fake = await FakeControlPlane.start({ token: () => "my-key" });
    const apps = createClient(AppService, createTransport(fake.endpoint, { ...plain, bearerToken: "my-key" }));
    expect((await apps.list({})).apps).toEqual([]);
  });

  test("a client secret gets a token once, and a new one when it is refused", async () => {
    let issued = 0;
    const forms: string[] = [];
    await using fake = await FakeControlPlane.start({
      token: () => `token-${Math.max(issued, 1)}`,
      openServices: ["AuthMetadataService"],
      routes: (router) =>
        router.service(AuthMetadataService, {
          getOAuth2Metadata: () => ({ tokenEndpoint: `${fake.endpoint}/token` }),
          getPublicClientConfig: () => ({ scopes: ["all"], audience: "flyte" }),
        }),
      handle: (request, response) => {
        issued += 1;
        request.setEncoding("utf8");
        request.on("data", (chunk: string) => forms.push(`${request.headers.authorization} ${chunk}`));
        request.on("end", () => response.end(JSON.stringify({ access_token: `token-${issued}`, expires_in: 3600 })));
      },
    });
    vi.stubEnv("TEST_CLIENT_SECRET", "s p&");
    const config: ClientConfig = {
      ...plain,
      insecure: false,
      authType: "ClientSecret",
      clientId: "me",
      clientSecretEnvVar: "TEST_CLIENT_SECRET",
    };
    const apps = createClient(AppService, createTransport(fake.endpoint, config));
    await Promise.all([apps.list({}), apps.list({})]);
    expect(issued).toBe(1);
    // The server does not know the first token any more.
    issued = 5;
    await apps.list({});
    vi.unstubAllEnvs();
    expect(issued).toBe(6);
    const basic = `Basic ${Buffer.from("me:s+p%26").toString("base64")}`;
    expect(forms[0]).toBe(`${basic} grant_type=client_credentials&scope=all&audience=flyte`);
  });

  test("a command's output is the token", async () => {
    await using fake = await FakeControlPlane.start({ token: () => "from-command" });
    const config: ClientConfig = {
      ...plain,
      insecure: false,
      authType: "ExternalCommand",
      command: ["node", "-p", "'from-command'"],
    };
    const apps = createClient(AppService, createTransport(fake.endpoint, config));
    expect((await apps.list({})).apps).toEqual([]);
  });

  test("a login that is missing is asked for by its command", async () => {
    await using fake = await FakeControlPlane.start({ token: () => "secret" });
    const config: ClientConfig = { ...plain, insecure: false };
    const error = await errorOf(createClient(AppService, createTransport(fake.endpoint, config)).list({}));
    expect([error.code, error.fix]).toEqual(["UNAUTHENTICATED", expect.stringContaining("appenv login")]);
  });

  test("a proxy before the control plane gets a token of its own", async () => {
    await using fake = await FakeControlPlane.start({ token: () => "my-key", proxyToken: "for-the-proxy" });
    const config: ClientConfig = { ...plain, bearerToken: "my-key", proxyCommand: ["echo", "for-the-proxy"] };
    expect((await createClient(AppService, createTransport(fake.endpoint, config)).list({})).apps).toEqual([]);
    const without = createClient(AppService, createTransport(fake.endpoint, { ...plain, bearerToken: "my-key" }));
    expect((await errorOf(without.list({}))).code).toBe("UNAUTHENTICATED");
  });
});
