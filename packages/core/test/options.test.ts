import { z } from "zod";
import { describe, expect, test } from "vitest";
import {
  AppEndpoint,
  AppEnvironment,
  ArtifactValue,
  condition,
  cron,
  deploy,
  fixedRate,
  map,
  Parameter,
  Resources,
  run,
  RunOutput,
  Scaling,
  Secret,
  serve,
  TaskEnvironment,
  trace,
  uncancelled,
  type AppEnvironmentOptions,
} from "../src/index.ts";
import { nearest } from "../src/errors/nearest.ts";
import { expectError } from "./helpers.ts";

type Any = any;

const app = (options: Any): AppEnvironment => new AppEnvironment({ name: "app", ...options });
const tasks = new TaskEnvironment({ name: "tasks" });
const taskOf = (options: Any): unknown =>
  new TaskEnvironment({ name: "t" }).task({ name: "one", ...options }, () => {});
const some = tasks.task({ name: "some", input: z.object({ n: z.int().default(1) }) }, () => {});

describe("an option that does not exist is refused with the nearest name", () => {
  test.each<[string, (options: Any) => unknown, string, string | undefined]>([
    ["an app environment", (o) => app(o), "scalling", "scaling"],
    ["a task environment", (o) => new TaskEnvironment({ name: "t", ...o }), "reuseable", "reusable"],
    ["resources", (o) => app({ resources: o }), "mem", "memory"],
    ["resources of a class", (o) => new Resources(o), "gpus", "gpu"],
    ["scaling", (o) => app({ scaling: o }), "scaleDownAfter", "scaledownAfter"],
    ["scaling of a class", (o) => new Scaling(o), "replica", "replicas"],
    ["auth", (o) => app({ auth: o }), "audiences", "audience"],
    ["domain", (o) => app({ domain: o }), "subDomain", "subdomain"],
    ["health", (o) => app({ health: o }), "check", "checks"],
    ["limits", (o) => app({ limits: o }), "bdy", "body"],
    ["a link", (o) => app({ links: [{ path: "/a", title: "A", isRelative: true, ...o }] }), "relative", "isRelative"],
    ["timeouts", (o) => app({ timeouts: o }), "requests", "request"],
    ["traffic", (o) => app({ traffic: o }), "lastest", "latest"],
    ["traffic.sticky", (o) => app({ traffic: { sticky: { header: "x", ...o } } }), "headr", "header"],
    ["traffic.rollback", (o) => app({ traffic: { rollback: { errorRate: 0.1, ...o } } }), "minRequest", "minRequests"],
    ["a secret", (o) => app({ secrets: [{ key: "a", ...o }] }), "envVar", "asEnvVar"],
    ["a secret of a class", (o) => new Secret({ key: "a", ...o }), "groop", "group"],
    ["a parameter", (o) => app({ parameters: [{ name: "a", ...o }] }), "donwload", "download"],
    ["a parameter of a class", (o) => new Parameter({ name: "a", ...o }), "env", "envVar"],
    ["a run's output", (o) => new RunOutput({ type: "string", runName: "r", ...o }), "geter", "getter"],
    ["an artifact", (o) => new ArtifactValue({ name: "a", ...o }), "verison", "version"],
    ["an endpoint", (o) => new AppEndpoint("a", o), "publik", "public"],
    ["reusable", (o) => new TaskEnvironment({ name: "t", reusable: o }), "idleTTL", "idleTtl"],
    ["a task", (o) => taskOf(o), "retrys", "retries"],
    ["retries", (o) => taskOf({ retries: { count: 1, ...o } }), "backOff", "backoff"],
    ["backoff", (o) => taskOf({ retries: { count: 1, backoff: { base: 1, ...o } } }), "factr", "factor"],
    ["a timeout", (o) => taskOf({ timeout: o }), "maxRunTime", "maxRuntime"],
    ["a cache", (o) => taskOf({ cache: { behavior: "auto", ...o } }), "serialise", "serialize"],
    ["a trigger", (o) => taskOf({ triggers: [{ name: "a", automation: cron("@daily"), ...o }] }), "input", "inputs"],
    ["cron", (o) => cron("@daily", o), "timezone", "timeZone"],
    ["fixedRate", (o) => fixedRate("5m", o), "starttime", "startTime"],
    ["trace", (o) => trace({ name: "t", ...o }, () => 1), "ouput", "output"],
  ])("%s", (_what, make, name, near) => {
    const hint = near === undefined ? "" : ` Did you mean '${near}'?`;
    expectError(() => make({ [name]: 1 }), "INVALID_OPTION", `has no option '${name}'.${hint}`);
  });

  test.each<[string, (options: Any) => Promise<unknown>, string, string]>([
    ["condition", (o) => condition({ name: "c", ...o }), "promt", "prompt"],
    ["uncancelled", (o) => uncancelled(() => {}, o), "timeOut", "timeout"],
    ["map", (o) => map(some, [{}], o), "concurency", "concurrency"],
    ["a call of a task", (o) => Promise.resolve().then(() => (some as Any)({}, o)), "gruop", "group"],
    ["run", (o) => run(some, {}, o), "lables", "labels"],
    ["serve", (o) => serve(app({}), o), "envvars", "envVars"],
    ["deploy", (o) => deploy(tasks, o), "projct", "project"],
    ["listen", (o) => app({}).listen(o), "hots", "host"],
    ["fetch", (o) => app({}).fetch("/", o), "time_out", "timeout"],
  ])("%s", async (_what, call, name, near) => {
    await expect(call({ [name]: 1 })).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringContaining(`has no option '${name}'. Did you mean '${near}'?`),
    });
  });

  test("the error names whose option it is, and all there are", () => {
    const error = (() => {
      try {
        return app({ scalling: 1 });
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toMatchObject({
      message: "AppEnvironment 'app' has no option 'scalling'. Did you mean 'scaling'?",
      fix: expect.stringMatching(/^Write `scaling`, or leave it out. The options are `name`, .*`scaling`/),
    });
  });
});

test("undefined, symbols and what is inherited are no options", () => {
  const options = Object.create({ inherited: 1 }) as AppEnvironmentOptions;
  Object.assign(options, { name: "app", nothing: undefined, [Symbol("mine")]: 1 });
  expect(new AppEnvironment(options).name).toBe("app");
});

test("a subclass of a user's takes options of its own; if it states them, others are refused", () => {
  class Own extends AppEnvironment {}
  class Stated extends AppEnvironment {
    static override readonly optionNames: Readonly<Record<string, true>> = {
      ...AppEnvironment.optionNames,
      extra: true,
    };
  }
  const name = "app";
  expect(new Own({ name, extra: 1 } as Any).cloneWith({ port: 9000 }).port.port).toBe(9000);
  expect(new Stated({ name, extra: 1 } as Any).cloneWith({ extra: 2 } as Any)).toBeInstanceOf(Stated);
  expectError(() => new Stated({ name, extr: 1 } as Any), "INVALID_OPTION", "Stated 'app'", "Did you mean 'extra'?");
});

describe("the nearest name", () => {
  test.each([
    ["add_oen", ["add_one", "sub_one"], "add_one"],
    ["addOne", ["add_one"], "add_one"],
    ["NAME", ["name"], "name"],
    ["nmae", ["name", "type"], "name"],
    ["xyz", ["name", "type"], undefined],
    ["", ["name"], undefined],
    ["env", ["name", "envVars"], "envVars"],
    ["am", ["name"], undefined],
    ["c", ["a", "b"], undefined],
    ["x".repeat(100_000), ["name"], undefined],
  ])("of %s", (name, known, near) => {
    expect(nearest(name, known)).toBe(near);
  });
});
