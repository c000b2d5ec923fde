import { AppEndpoint, type AppEnvironment } from "@appenv/core";
import { fromSpec } from "@appenv/protocol";
import { expect, test } from "vitest";
import { deploy, serve } from "../../src/serve/serve.ts";
import { errorOf } from "../support/error-of.ts";
import { environment } from "../support/environment.ts";
import { FakeControlPlane } from "../support/fake-control-plane.ts";

const embedded = { home: "/somewhere" };

function app(name: string, dependsOn: readonly AppEnvironment[] = [], options: object = {}): AppEnvironment {
  return environment({ name, dependsOn, ...options });
}

function dependsOnVar(fake: FakeControlPlane, name: string): string | undefined {
  const spec = fake.apps.get(`flytesnacks/development/${name}`)?.spec;
  return spec === undefined ? undefined : fromSpec(spec).envVars["APPENV_DEPENDS_ON"];
}

test("an app is told all it depends on, by the names they are served under", async () => {
  await using fake = await FakeControlPlane.start(embedded);
  const store = app("store");
  const back = app("back", [store]);
  const parameters = [{ name: "other", value: new AppEndpoint("elsewhere") }];
  const front = app("front", [back], { parameters });
  await serve(front, { endpoint: fake.endpoint, name: "front-two" });
  expect(dependsOnVar(fake, "store")).toBeUndefined();
  expect(dependsOnVar(fake, "back")).toBe('{"store":"store"}');
  expect(dependsOnVar(fake, "front-two")).toBe('{"store":"store","back":"back","elsewhere":"elsewhere"}');
  expect([front.endpoint, store.endpoint]).toEqual([
    "http://front-two.localhost:30081",
    "http://store.localhost:30081",
  ]);
});

test("when one fails, what depends on it is not begun, and what does not is brought up all the same", async () => {
  await using fake = await FakeControlPlane.start({
    ...embedded,
    rollout: ({ metadata }) =>
      metadata?.id?.name === "broken" ? [["FAILED", "[START_FAILED] broken"]] : [["ACTIVE", ""]],
  });
  const broken = app("broken");
  const sound = app("sound");
  const soundToo = app("sound-too", [sound]);
  const said: string[] = [];
  const options = { endpoint: fake.endpoint, onProgress: (message: string) => said.push(message) };
  const error = await errorOf(serve(app("front", [app("middle", [broken]), soundToo]), options));
  expect(error.code).toBe("START_FAILED");
  expect([...fake.apps.keys()].map((key) => key.split("/")[2]).toSorted()).toEqual(["broken", "sound", "sound-too"]);
  expect(said).toContain("sound-too: ACTIVE");
});

test("deploy gives the apps in the plan's order", async () => {
  await using fake = await FakeControlPlane.start({ ...embedded, rollout: () => [] });
  const back = app("back");
  const apps = await deploy([app("front", [back]), app("alone")], { endpoint: fake.endpoint });
  expect(apps.map(({ name }) => name)).toEqual(["back", "front", "alone"]);
});
