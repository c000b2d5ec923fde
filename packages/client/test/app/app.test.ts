import { ApiKeyService, fromSpec } from "@appenv/protocol";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { ApiKeys } from "../../src/api-keys.ts";
import { App } from "../../src/app/app.ts";
import { serve } from "../../src/serve/serve.ts";
import { errorOf } from "../support/error-of.ts";
import { environment } from "../support/environment.ts";
import { FakeControlPlane } from "../support/fake-control-plane.ts";

const plain = environment({ port: 3000 });

test("an app is stopped and started again with its whole definition", async () => {
  await using fake = await FakeControlPlane.start({ home: "/somewhere" });
  await serve(plain, { endpoint: fake.endpoint });
  const app = await App.get("plain", { endpoint: fake.endpoint });
  expect(app.status).toEqual({ phase: "ACTIVE", message: "" });
  await app.deactivate();
  expect(app.status).toEqual({ phase: "STOPPED", message: "App scaled to zero" });
  expect(app.endpoint).toBe("http://plain.localhost:30081");
  await app.activate();
  expect(app.status.phase).toBe("ACTIVE");
  const spec = fake.apps.get("flytesnacks/development/plain")?.spec;
  expect(spec && fromSpec(spec)).toMatchObject({ port: 3000, desiredState: "active" });
});

test("watch tells each status until the wanted one", async () => {
  await using fake = await FakeControlPlane.start({ home: "/somewhere" });
  const app = await serve(plain, { endpoint: fake.endpoint });
  const phases: string[] = [];
  for await (const { phase } of app.watch({ until: "stopped" })) {
    phases.push(phase);
    if (phases.length === 1) {
      fake.setStatus("plain", "PENDING", "no room");
      fake.setStatus("plain", "STOPPED");
    }
  }
  expect(phases).toEqual(["ACTIVE", "PENDING", "STOPPED"]);
});

test("a list holds only the apps of the project and domain", async () => {
  await using fake = await FakeControlPlane.start({ home: "/somewhere" });
  for (const domain of ["development", "production"]) await serve(plain, { endpoint: fake.endpoint, domain });
  const apps = await App.list({ endpoint: fake.endpoint, domain: "production" });
  expect(apps.map(({ id }) => id)).toEqual([{ project: "flytesnacks", domain: "production", name: "plain" }]);
});

test("a deleted app is gone, and deleting it again is no error", async () => {
  await using fake = await FakeControlPlane.start({ home: "/somewhere" });
  const app = await serve(plain, { endpoint: fake.endpoint });
  await app.delete();
  await app.delete();
  const error = await errorOf(App.get("plain", { endpoint: fake.endpoint }));
  expect(error.code).toBe("NOT_FOUND");
});

test("keys are made, listed and revoked", async () => {
  const keys = new Map<string, string>();
  await using fake = await FakeControlPlane.start({
    home: "/somewhere",
    routes: (router) =>
      router.service(ApiKeyService, {
        createApiKey: ({ name }) => {
          keys.set("id-1", name);
          return { id: "id-1", name, key: "text" };
        },
        listApiKeys: () => ({
          apiKeys: [...keys].map(([id, name]) => ({ id, name, createdAt: { seconds: 1n, nanos: 0 } })),
        }),
        revokeApiKey: ({ id }) => {
          if (!keys.delete(id)) throw new ConnectError("no such key", Code.NotFound);
          return {};
        },
      }),
  });
  const target = { endpoint: fake.endpoint };
  expect(await ApiKeys.create("ci", target)).toEqual({ id: "id-1", name: "ci", role: "admin", key: "text" });
  expect(await ApiKeys.list(target)).toEqual([{ id: "id-1", name: "ci", role: "admin", createdAt: new Date(1000) }]);
  await ApiKeys.revoke("id-1", target);
  expect((await errorOf(ApiKeys.revoke("id-1", target))).code).toBe("NOT_FOUND");
  // A platform without roles would make an admin's key of it.
  expect((await errorOf(ApiKeys.create("ci", { ...target, role: "viewer" }))).code).toBe("UNSUPPORTED");
  expect(keys.size).toBe(0);
});

test("a control plane without keys says so", async () => {
  await using fake = await FakeControlPlane.start();
  expect((await errorOf(ApiKeys.list({ endpoint: fake.endpoint }))).code).toBe("UNSUPPORTED");
});
