import { describe, expect, test } from "vitest";
import { AppEnvironment, isEnvironment, Port, type AppEnvironmentOptions } from "../src/index.ts";
import { expectError } from "./helpers.ts";

const make = (options: object = {}) => new AppEnvironment({ name: "app", ...options });

test("an environment with only a name has Flyte's defaults", () => {
  expect(make()).toMatchObject({
    name: "app",
    image: "auto",
    resources: undefined,
    envVars: {},
    secrets: [],
    dependsOn: [],
    podTemplate: undefined,
    description: undefined,
    interruptible: false,
    include: [],
    type: undefined,
    port: new Port(8080),
    args: [],
    command: [],
    requiresAuth: true,
    scaling: { min: 0, max: 1, metric: undefined, scaledownAfterMs: undefined },
    domain: { subdomain: undefined, customDomain: undefined },
    links: [],
    parameters: [],
    clusterPool: "default",
    timeouts: { requestMs: undefined },
    hooks: {},
    extensions: [],
  });
});

describe("names", () => {
  test.each(["myapp", "my-app", "app123", "a", "a".repeat(30)])("%s is a name", (name) => {
    expect(make({ name }).name).toBe(name);
  });

  test.each(["My-App", "my_app", "-myapp", "myapp-", "my..app", "my.app", "", "a".repeat(31), 5, undefined])(
    "%s is none",
    (name) => {
      expectError(() => make({ name }), "INVALID_NAME", "name of an environment");
    },
  );
});

test.each([
  ["args", 5],
  ["command", {}],
  ["scaling", "many"],
  ["domain", "example.com"],
  ["links", {}],
  ["timeouts", 30],
  ["requiresAuth", "no"],
  ["interruptible", 1],
  ["envVars", ["A=1"]],
  ["envVars", null],
  ["include", "assets"],
  ["dependsOn", "backend"],
  ["description", 5],
  ["podTemplate", {}],
  ["clusterPool", 5],
  ["type", 5],
])("%s of %j is refused, and the error names the option", (option, value) => {
  expectError(() => make({ [option]: value }), "INVALID_OPTION", option, "must be");
});

test("an env var has a usable name and a text", () => {
  expect(make({ envVars: { LOG_LEVEL: "debug" } }).envVars).toEqual({ LOG_LEVEL: "debug" });
  expectError(() => make({ envVars: { "A-B": "1" } }), "INVALID_OPTION", '"A-B"', "letters, digits and underscores");
  expectError(() => make({ envVars: { PORT: 1 } }), "INVALID_OPTION", "envVars.PORT is 1", "a text");
});

test("a description keeps its first 255 characters", () => {
  expect(make({ description: "x".repeat(300) }).description).toHaveLength(255);
});

test("later changes of given options do not change the environment", () => {
  const envVars = { A: "1" };
  const environment = make({ envVars });
  envVars.A = "2";
  expect(environment.envVars).toEqual({ A: "1" });
});

describe("dependencies", () => {
  test("they are kept in order and once", () => {
    const [a, b] = [make({ name: "a" }), make({ name: "b" })];
    const environment = make({ dependsOn: [a] });
    environment.addDependency(b, a);
    expect(environment.dependsOn).toEqual([a, b]);
  });

  test("only environments are taken, and not the environment itself", () => {
    const environment = make();
    expectError(() => environment.addDependency({} as never), "INVALID_OPTION", "dependsOn", "an environment");
    expectError(() => environment.addDependency(environment), "DEPENDENCY_CYCLE", "'app' depends on itself");
  });
});

describe("hooks", () => {
  const hooks = { onStartup: async () => {}, server: () => () => {}, onShutdown: () => {} };

  test("each is returned unchanged and all are kept side by side", () => {
    const environment = make();
    expect(environment.onStartup(hooks.onStartup)).toBe(hooks.onStartup);
    expect(environment.server(hooks.server)).toBe(hooks.server);
    expect(environment.onShutdown(hooks.onShutdown)).toBe(hooks.onShutdown);
    expect(environment.hooks).toEqual(hooks);
  });

  test("the last one of a kind counts", () => {
    const environment = make();
    environment.onStartup(() => {});
    environment.onStartup(hooks.onStartup);
    expect(environment.hooks.onStartup).toBe(hooks.onStartup);
  });

  test("a hook is a function, and what is mounted can match", () => {
    expectError(() => make().onStartup("start" as never), "INVALID_OPTION", 'onStartup is "start"', "a function");
    expectError(() => make().mount({} as never), "INVALID_OPTION", "mount", "`matches`");
  });
});

describe("cloneWith", () => {
  class Adapter extends AppEnvironment {
    readonly app: object;
    constructor(options: AppEnvironmentOptions & { app?: object; extra?: boolean }) {
      super({ type: "Adapter", ...options });
      this.app = options.app ?? {};
    }
  }

  test("inherits, overrides, and keeps hooks, mounts, dependencies and the adapter's own options", () => {
    const app = {};
    const original = new Adapter({ name: "app", app, port: 9000, timeouts: { request: 10 } });
    const hook = original.onStartup(() => {});
    const extension = original.mount({ matches: () => false });
    const backend = make({ name: "backend" });
    original.addDependency(backend);

    const clone = original.cloneWith({ name: "copy", scaling: { replicas: 2 } });

    expect(clone).toBeInstanceOf(Adapter);
    expect(clone).toMatchObject({ name: "copy", type: "Adapter", timeouts: { requestMs: 10_000 } });
    expect([clone.port.port, clone.scaling.max, clone.app === app]).toEqual([9000, 2, true]);
    expect(clone.hooks.onStartup).toBe(hook);
    expect(clone.extensions).toEqual([extension]);
    expect(clone.dependsOn).toEqual([backend]);
    expect(original).toMatchObject({ name: "app", scaling: { max: 1 } });
  });

  test("changes of a clone do not reach the original", () => {
    const original = make();
    const clone = original.cloneWith({ name: "copy" });
    clone.onStartup(() => {});
    clone.mount({ matches: () => false });
    clone.addDependency(make({ name: "backend" }));
    expect([original.hooks, original.extensions, original.dependsOn]).toEqual([{}, [], []]);
  });

  test("clears what a clone sets to its empty value", () => {
    const original = make({ timeouts: { request: 10 }, domain: { subdomain: "a" }, dependsOn: [make({ name: "b" })] });
    const clone = original.cloneWith({ timeouts: {}, domain: {}, dependsOn: [] });
    expect([clone.timeouts.requestMs, clone.domain.subdomain, clone.dependsOn]).toEqual([undefined, undefined, []]);
  });

  test.each(["prot", "hooks", "listen", "declaredIn", "toString"])("refuses the unknown option %s", (option) => {
    expectError(() => make().cloneWith({ [option]: 1 }), "INVALID_OPTION", "AppEnvironment", `no option '${option}'`);
  });

  test("checks what it is given", () => {
    expectError(() => make().cloneWith({ name: "No Name" }), "INVALID_NAME", '"No Name"');
  });
});

test("an environment is recognised by kind, also one of another copy of the package", async () => {
  expect([isEnvironment(make()), isEnvironment(make(), "app"), isEnvironment(make(), "task")]).toEqual([
    true,
    true,
    false,
  ]);
  expect([isEnvironment({}), isEnvironment(null), isEnvironment("app")]).toEqual([false, false, false]);
  const copy = (await import("../src/environment/app-environment.ts?copy" as string)) as {
    AppEnvironment: typeof AppEnvironment;
  };
  expect(copy.AppEnvironment).not.toBe(AppEnvironment);
  expect(isEnvironment(new copy.AppEnvironment({ name: "other" }), "app")).toBe(true);
});
