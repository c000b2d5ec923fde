import { afterAll, beforeAll, expect, test } from "vitest";
import { pickAnyEnvironment, pickEnvironment } from "../../src/load/pick-environment.ts";
import { pickTask } from "../../src/load/pick-task.ts";
import { errorOf } from "../support/error-of.ts";
import type { Project } from "../support/project.ts";
import { taskProject } from "../support/task-project.ts";

let project: Project;
beforeAll(() => void (project = taskProject()));
afterAll(() => project[Symbol.dispose]());

test.each([
  ["math.ts", undefined, "math.add_one"],
  ["math.ts", "addOne", "math.add_one"],
  ["math.ts", "add_one", "math.add_one"],
  ["tasks.ts", "math.add_one", "math.add_one"],
  ["tasks.ts", "total", "sums.total"],
])("%s %s", async (file, name, fullName) => {
  const { task, files } = await pickTask(project.path(file), name);
  expect(task.fullName).toBe(fullName);
  expect(files).toContain(project.path("math.ts"));
});

test.each([
  ["tasks.ts", undefined, "AMBIGUOUS_ENVIRONMENT", "several tasks: math.add_one, sums.total."],
  ["tasks.ts", "minus", "NOT_FOUND", "no task 'minus'; its tasks are math.add_one, sums.total."],
  ["none.ts", undefined, "NO_ENVIRONMENT", "exports no task"],
  ["missing.ts", undefined, "FILE_NOT_FOUND", "There is no file"],
])("%s %s is refused", async (file, name, code, message) => {
  const error = await errorOf(pickTask(project.path(file), name));
  expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
});

test("a task environment is deployed, and not served", async () => {
  expect((await pickAnyEnvironment(project.path("math.ts"))).environment.name).toBe("math");
  expect((await pickAnyEnvironment(project.path("tasks.ts"), "math")).environment.name).toBe("math");
  const error = await errorOf(pickEnvironment(project.path("math.ts"), "math"));
  expect([error.code, error.fix]).toEqual(["UNSUPPORTED", expect.stringContaining("appenv run FILE TASK")]);
});
