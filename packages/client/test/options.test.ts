import { describe, expect, test } from "vitest";
import { ApiKeys, App, run } from "../src/index.ts";
import { Secrets } from "../src/secrets.ts";
import { rerun, Run, Task, Trigger } from "../src/tasks.ts";

type Any = any;

describe("an option that does not exist is refused before anything is asked", () => {
  test.each<[string, (options: Any) => Promise<unknown>, string, string]>([
    ["App.get", (o) => App.get("a", o), "projct", "project"],
    ["App.list", (o) => App.list(o), "limt", "limit"],
    ["Task.get", (o) => Task.get("a.b", o), "verison", "version"],
    ["Task.list", (o) => Task.list(o), "Limit", "limit"],
    ["Task.versions", (o) => Task.versions("a.b", o), "domian", "domain"],
    ["Trigger.get", (o) => Trigger.get("a.b", "t", o), "locl", "local"],
    ["Trigger.list", (o) => Trigger.list(o), "taks", "task"],
    ["Trigger.create", (o) => Trigger.create("a.b", {} as Any, o), "versin", "version"],
    ["Run.get", (o) => Run.get("r", o), "endpiont", "endpoint"],
    ["Run.list", (o) => Run.list(o), "phases", "phase"],
    ["rerun", (o) => rerun("r", o), "recovr", "recover"],
    ["run", (o) => run({} as Any, {}, o), "idempotencykey", "idempotencyKey"],
    ["Secret.get", (o) => Secrets.get("s", o), "skope", "scope"],
    ["Secret.list", (o) => Secrets.list(o), "scop", "scope"],
    ["ApiKeys.list", (o) => ApiKeys.list(o), "locale", "local"],
  ])("%s", async (_what, call, name, near) => {
    await expect((async () => call({ [name]: 1 }))()).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringContaining(`has no option '${name}'. Did you mean '${near}'?`),
    });
  });
});
