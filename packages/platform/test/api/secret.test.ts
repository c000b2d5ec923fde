import { Code, ConnectError, createClient, type Client } from "@connectrpc/connect";
import { OverallStatus, SecretService, SecretType } from "@appenv/protocol/secrets";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { send, startApi } from "../support/api.ts";

const here = { project: "flytesnacks", domain: "development" };

async function start(): Promise<{ api: Client<typeof SecretService>; endpoint: string; home: string }> {
  const { transport, endpoint, home } = await startApi();
  return { api: createClient(SecretService, transport), endpoint, home };
}

function text(value: string) {
  return { value: { case: "stringValue", value } } as const;
}

async function failure(call: Promise<unknown>): Promise<ConnectError> {
  return call.then(
    () => expect.unreachable("it did not fail"),
    (error: unknown) => ConnectError.from(error),
  );
}

test("secrets are created, changed, shown and deleted, and no answer has a value", async () => {
  const { api, endpoint } = await start();
  const id = { ...here, name: "token" };
  await api.createSecret({ id, secretSpec: text("hunter2") });
  expect((await failure(api.createSecret({ id, secretSpec: text("hunter3") }))).code).toBe(Code.AlreadyExists);
  await api.updateSecret({ id, secretSpec: { value: { case: "binaryValue", value: new Uint8Array([0, 255]) } } });
  const { secret } = await api.getSecret({ id });
  expect(secret?.id).toMatchObject(id);
  expect(secret?.secretMetadata).toMatchObject({
    type: SecretType.GENERIC,
    secretStatus: { overallStatus: OverallStatus.FULLY_PRESENT },
  });
  for (const method of ["GetSecret", "ListSecrets", "UpdateSecret", "CreateSecret"]) {
    const body = JSON.stringify({ id, ...here, secretSpec: { stringValue: "hunter2" } });
    const { body: answer } = await send(`${endpoint}/flyteidl2.secret.SecretService/${method}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(answer).not.toContain("hunter2");
  }
  await api.deleteSecret({ id });
  expect((await failure(api.getSecret({ id }))).code).toBe(Code.NotFound);
  expect((await failure(api.deleteSecret({ id }))).code).toBe(Code.NotFound);
  expect((await failure(api.updateSecret({ id, secretSpec: text("x") }))).code).toBe(Code.NotFound);
});

test("lists are of one scope, and come in pages", async () => {
  const { api } = await start();
  for (const name of ["c", "a", "b"]) await api.createSecret({ id: { ...here, name }, secretSpec: text(name) });
  await api.createSecret({ id: { name: "global" }, secretSpec: text("x") });
  const names: string[] = [];
  let token = "";
  do {
    const page = await api.listSecrets({ ...here, limit: 2, token });
    names.push(...page.secrets.map(({ id }) => id?.name ?? ""));
    token = page.token;
  } while (token !== "");
  expect(names).toEqual(["a", "b", "c"]);
  expect((await api.listSecrets({})).secrets.map(({ id }) => id?.name)).toEqual(["global"]);
  expect((await api.listSecrets({ domain: "development" })).secrets).toEqual([]);
  expect((await failure(api.listSecrets({ project: "flytesnacks" }))).code).toBe(Code.InvalidArgument);
});

test.each([
  ["without an id", {}],
  ["without a value", { id: { ...here, name: "a" } }],
  ["with an empty value", { id: { ...here, name: "a" }, secretSpec: text("") }],
  ["that is too large", { id: { ...here, name: "a" }, secretSpec: text("hunter2!".repeat(8 * 1024 + 1)) }],
  ["with a path for a name", { id: { ...here, name: "../a" }, secretSpec: text("hunter2!") }],
  ["of a project in no domain", { id: { project: "p", name: "a" }, secretSpec: text("hunter2!") }],
])("a secret %s is refused", async (_, request) => {
  const { api } = await start();
  const error = await failure(api.createSecret(request));
  expect(error.code).toBe(Code.InvalidArgument);
  expect(error.message).not.toContain("hunter2");
  expect((await api.listSecrets(here)).secrets).toEqual([]);
});

test("a key file that is open to others is reported, and the list shows secrets that cannot be read", async () => {
  const { api, home } = await start();
  const id = { ...here, name: "token" };
  await api.createSecret({ id, secretSpec: text("hunter2") });
  chmodSync(join(home, "secret.key"), 0o644);
  const error = await failure(api.updateSecret({ id, secretSpec: text("hunter3") }));
  expect([error.code, error.rawMessage]).toEqual([
    Code.FailedPrecondition,
    expect.stringContaining(`${join(home, "secret.key")} is open to other users`),
  ]);
  const { secrets } = await api.listSecrets(here);
  expect(secrets[0]?.secretMetadata?.secretStatus?.overallStatus).toBe(OverallStatus.UNKNOWN_STATUS);
});

test("a page of another site cannot store a secret", async () => {
  const { endpoint, api } = await start();
  const { status } = await send(`${endpoint}/flyteidl2.secret.SecretService/CreateSecret`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: "http://evil.example" },
    body: JSON.stringify({ id: { name: "a" }, secretSpec: { stringValue: "x" } }),
  });
  expect(status).toBe(403);
  expect((await api.listSecrets({})).secrets).toEqual([]);
});
