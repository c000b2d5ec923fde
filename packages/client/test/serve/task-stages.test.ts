import { AppEnvironment, type Environment, plan, TaskEnvironment } from "@appenv/core";
import { expect, test } from "vitest";
import { bringUp, type BroughtUp, leftOut, TaskStages } from "../../src/serve/bring-up.ts";

function app(name: string, ...dependsOn: Environment[]): Environment {
  return new AppEnvironment({ name, command: "sleep 1", dependsOn });
}

function tasks(name: string, ...dependsOn: Environment[]): Environment {
  return new TaskEnvironment({ name, dependsOn });
}

/** Brings a plan up, as `rollOut` does; `events` has each app that is up and each list of tasks that was registered. */
async function bring(
  roots: readonly Environment[],
  fail: Readonly<Record<string, string>> = {},
): Promise<{ result: BroughtUp<string>; events: string[] }> {
  const environments = plan(roots);
  const events: string[] = [];
  const stages = new TaskStages<string>(environments, async (names) => {
    if (fail["register"] !== undefined) throw new Error(fail["register"]);
    events.push(names.toSorted().join("+"));
  });
  const leave = (environment: Environment): typeof leftOut => {
    stages.drop(environment);
    return leftOut;
  };
  const result = await bringUp<string>(environments, {
    waitsFor: (environment) => stages.waitsFor(environment),
    leaveOut: leave,
    begin: async (environment) => {
      const { name } = environment;
      if (fail[name] !== undefined) throw new Error((leave(environment), fail[name]));
      if (environment instanceof AppEnvironment) events.push(name);
      else if ((await stages.arrive(environment, name)) === leftOut) return leave(environment);
      return name;
    },
  });
  return { result, events };
}

function namesOf(environments: Iterable<Environment>): string[] {
  return [...environments].map(({ name }) => name).toSorted();
}

test("the tasks of all environments are registered in one step, when the apps they depend on are up", async () => {
  const first = tasks("first");
  const second = tasks("second", first, app("back"));
  const { result, events } = await bring([second, tasks("third"), app("front", second)]);
  expect(events).toEqual(["back", "first+second+third", "front"]);
  expect(namesOf(result.up.keys())).toEqual(["back", "first", "front", "second", "third"]);
});

test("tasks that depend on an app that depends on tasks come after it, in a step of their own", async () => {
  const { events } = await bring([tasks("last", app("middle", tasks("first"))), tasks("alone")]);
  expect(events).toEqual(["alone+first", "middle", "last"]);
});

test("no tasks are registered if an app that some depend on fails, or if some cannot be prepared", async () => {
  for (const broken of ["broken", "alone"]) {
    const roots = [tasks("alone"), tasks("needy", app("broken")), app("front", tasks("more"))];
    const { result, events } = await bring(roots, { [broken]: "It broke." });
    expect(events.filter((event) => event !== "broken")).toEqual([]);
    expect(namesOf(result.failed.keys())).toEqual([broken]);
    const all = ["alone", "broken", "front", "more", "needy"];
    expect(namesOf(result.leftOut)).toEqual(all.filter((name) => name !== broken && !result.up.has(of(name, result))));
  }
});

test("an app that fails takes no tasks away that do not depend on it", async () => {
  const { result, events } = await bring([tasks("alone"), app("broken", tasks("more"))], { broken: "It broke." });
  expect(events).toEqual(["alone+more"]);
  expect(namesOf(result.up.keys())).toEqual(["alone", "more"]);
});

test("a registration that is refused is said once", async () => {
  const { result } = await bring([tasks("one"), app("front", tasks("two"))], { register: "A wrong trigger." });
  expect([...result.failed.values()].map(String)).toEqual(["Error: A wrong trigger."]);
  expect(result.up.size).toBe(0);
  expect(result.leftOut).toHaveLength(2);
});

function of(name: string, { up }: BroughtUp<string>): Environment {
  return [...up.keys()].find((environment) => environment.name === name) ?? app("none");
}
