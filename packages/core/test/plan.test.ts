import { expect, test } from "vitest";
import { AppEnvironment, plan, planSteps, TaskEnvironment } from "../src/index.ts";
import { expectError } from "./helpers.ts";

const make = (name: string, ...dependsOn: AppEnvironment[]) => new AppEnvironment({ name, dependsOn });
const names = (environments: readonly { name: string }[]) => environments.map(({ name }) => name);

test("a plan is the closure, each after what it depends on", () => {
  const database = make("database");
  const backend = make("backend", database);
  const frontend = make("frontend", backend, make("assets"));
  expect(names(plan([frontend]))).toEqual(["database", "backend", "assets", "frontend"]);
});

test("a dependency that is shared, or requested twice, comes once", () => {
  const shared = make("shared");
  const [left, right] = [make("left", shared), make("right", shared)];
  expect(names(plan([left, right, left, shared]))).toEqual(["shared", "left", "right"]);
});

test("a step depends only on earlier steps", () => {
  const [a, b] = [make("a"), make("b")];
  const c = make("c", a);
  const d = make("d", b, c);
  expect(planSteps([d]).map(names)).toEqual([["b", "a"], ["c"], ["d"]]);
  expect(planSteps([])).toEqual([]);
});

test("apps and tasks depend on one another", () => {
  const app = make("app");
  const tasks = new TaskEnvironment({ name: "tasks", dependsOn: [app] });
  const more = new TaskEnvironment({ name: "more", dependsOn: [tasks] });
  const front = new AppEnvironment({ name: "front", dependsOn: [more] });
  expect(planSteps([front]).map(names)).toEqual([["app"], ["tasks"], ["more"], ["front"]]);
  tasks.addDependency(front);
  expectError(() => plan([front]), "DEPENDENCY_CYCLE", "'front' -> 'more' -> 'tasks' -> 'front'");
  expectError(() => plan([make("same"), new TaskEnvironment({ name: "same" })]), "DUPLICATE_NAME", "'same'");
});

test("a circle is shown", () => {
  const [a, b, c] = [make("a"), make("b"), make("c")];
  a.addDependency(b);
  b.addDependency(c);
  c.addDependency(b);
  expectError(() => plan([a]), "DEPENDENCY_CYCLE", "'b' -> 'c' -> 'b'");
});

test("two environments of one name are refused, and both files named", () => {
  expectError(() => plan([make("same"), make("same")]), "DUPLICATE_NAME", "'same'", "plan.test.ts and ");
});

test("only environments are planned", () => {
  expectError(() => plan([undefined as never]), "INVALID_OPTION", "an environment");
});
