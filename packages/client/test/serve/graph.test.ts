import { AppEndpoint, TaskEnvironment, type AppEnvironment } from "@appenv/core";
import { fromSpec } from "@appenv/protocol";
import { expect, test } from "vitest";
import { dependsOnEnv } from "../../src/serve/definition.ts";
import { deploy, serve } from "../../src/serve/serve.ts";
import { errorOf } from "../support/error-of.ts";
import { environment } from "../support/environment.ts";
import { FakeControlPlane, type FakeOptions } from "../support/fake-control-plane.ts";

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

test("an app is told the task environments that it depends on, also by way of others, and tasks are too", async () => {
  await using fake = await FakeControlPlane.start(embedded);
  const store = new TaskEnvironment({ name: "store" });
  const jobs = new TaskEnvironment({ name: "jobs", dependsOn: [store, app("back")] });
  await serve(environment({ name: "front", dependsOn: [jobs] }), { endpoint: fake.endpoint });
  const { spec } = fake.apps.get("flytesnacks/development/front") ?? {};
  expect(spec && fromSpec(spec).envVars).toMatchObject({
    APPENV_DEPENDS_ON: '{"back":"back"}',
    APPENV_DEPENDS_ON_TASKS: '{"store":"store","jobs":"jobs"}',
  });
  expect(dependsOnEnv(jobs, ({ name }) => name)).toMatchObject({ APPENV_DEPENDS_ON_TASKS: '{"store":"store"}' });
});

/** The progress of each environment, in order. */
function heard(): { options: object; states: () => Record<string, string[]>; said: string[] } {
  const [said, about]: [string[], { name: string; state: string }[]] = [[], []];
  const onProgress = (message: string, of?: { name: string; state: string }): void => {
    said.push(message);
    if (of !== undefined) about.push(of);
  };
  const states = () =>
    Object.fromEntries(
      Object.entries(Object.groupBy(about, ({ name }) => name)).map(([name, all = []]) => [
        name,
        [...new Set(all.map(({ state }) => state))],
      ]),
    );
  return { options: { onProgress }, states, said };
}

function startedApps(fake: FakeControlPlane): string[] {
  return [...fake.apps.keys()].map((key) => key.split("/")[2] ?? "").toSorted();
}

const rollout: FakeOptions["rollout"] = ({ metadata }) => {
  const name = metadata?.id?.name ?? "";
  return name.startsWith("broken") ? [["FAILED", `[START_FAILED] No ${name}.`]] : [["ACTIVE", ""]];
};

test("when one fails, what depends on it is not begun, and what does not is brought up all the same", async () => {
  await using fake = await FakeControlPlane.start({ ...embedded, rollout });
  const broken = app("broken");
  const soundToo = app("sound-too", [app("sound")]);
  const { options, states } = heard();
  const front = app("front", [app("middle", [broken]), soundToo]);
  const error = await errorOf(serve(front, { endpoint: fake.endpoint, ...options, name: "renamed" }));
  expect(error).toMatchObject({
    code: "START_FAILED",
    message: [
      "'broken': No broken.",
      "Not begun because of that: 'middle', 'renamed'.",
      "Serving: 'sound', 'sound-too'.",
    ].join("\n"),
    cause: { code: "START_FAILED" },
  });
  expect(startedApps(fake)).toEqual(["broken", "sound", "sound-too"]);
  expect(states()).toEqual({
    broken: ["starting", "failed"],
    sound: ["starting", "up"],
    "sound-too": ["waiting", "starting", "up"],
    middle: ["waiting", "left-out"],
    renamed: ["waiting", "left-out"],
  });
});

test("all that failed is told, each with its reason", async () => {
  await using fake = await FakeControlPlane.start({ ...embedded, rollout });
  const front = app("front", [app("broken"), app("broken-too")]);
  const error = await errorOf(serve(front, { endpoint: fake.endpoint }));
  expect(error.message).toBe("'broken': No broken.\n'broken-too': No broken-too.\nNot begun because of that: 'front'.");
});

test("deploy gives the apps in the plan's order, and waits for what others depend on", async () => {
  await using fake = await FakeControlPlane.start({ ...embedded, rollout: () => [] });
  const back = app("back");
  const { options, said } = heard();
  const deployed = deploy([app("front", [back]), app("alone")], { endpoint: fake.endpoint, ...options });
  await expect.poll(() => said).toContain("alone: registered");
  expect(startedApps(fake)).toEqual(["alone", "back"]);
  expect(said).toContain("front: waits for back");
  await expect.poll(() => fake.calls).toContain("Watch");
  fake.setStatus("back", "ACTIVE");
  expect((await deployed).map(({ name }) => name)).toEqual(["back", "front", "alone"]);
});

test.each([
  ["another of the plan", (back: AppEnvironment) => [app("front", [back])], "back", "'back' and 'front'"],
  ["a second one", () => [app("one"), app("two")], "other", "'one' and 'two'"],
])("a name is not given to %s too", async (_, roots, name, both) => {
  await using fake = await FakeControlPlane.start(embedded);
  const error = await errorOf(deploy(roots(app("back")), { endpoint: fake.endpoint, name }));
  expect([error.code, error.message]).toEqual(["DUPLICATE_NAME", `Both ${both} would have the name '${name}'.`]);
  expect(fake.apps.size).toBe(0);
});

test("a task environment is served under no other name", async () => {
  await using fake = await FakeControlPlane.start(embedded);
  const tasks = new TaskEnvironment({ name: "tasks", dependsOn: [app("back")] });
  const error = await errorOf(deploy([tasks], { endpoint: fake.endpoint, name: "other" }));
  expect([error.code, error.message]).toEqual(["INVALID_OPTION", expect.stringContaining("only an app")]);
  expect(fake.apps.size).toBe(0);
});
