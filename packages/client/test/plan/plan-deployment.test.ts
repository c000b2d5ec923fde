import type { TaskEnvironment } from "@appenv/core";
import { startFlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { expect, onTestFinished, test } from "vitest";
import { loadEnvironments } from "../../src/load/load-environments.ts";
import { planDeployment } from "../../src/plan/plan-deployment.ts";
import { deploy } from "../../src/serve/serve.ts";
import { Project } from "../support/project.ts";

/** Loads a file with one task, of these options. */
async function load(project: Project, options: string): Promise<TaskEnvironment> {
  project.write({
    "tasks.ts": `
      import { cron, TaskEnvironment } from "@appenv/core";
      export const env = new TaskEnvironment({ name: "planned" });
      export const work = env.task({ name: "work", ${options} }, () => {});`,
  });
  const { environments } = await loadEnvironments(project.path("tasks.ts"));
  return environments.get("env") as TaskEnvironment;
}

test("a plan of tasks says what is new, what changes and what a cluster does not do, and does nothing", async () => {
  const backend = await startFlyteBackend();
  onTestFinished(() => backend.close());
  using project = new Project({});
  const at = { endpoint: backend.endpoint };
  const plan = async (environment: TaskEnvironment) => {
    const { items, notHonoured } = await planDeployment([environment], at);
    return {
      items: items.map(({ kind, name, action }) => `${kind} ${name} ${action}`),
      paths: items.flatMap(({ changes }) => changes.map(({ path }) => path)),
      notHonoured: notHonoured.map(({ option }) => option),
    };
  };
  const first = await load(project, "retries: 1, triggers: [{ name: 'daily', automation: cron('@daily') }]");
  const asNew = {
    items: ["task planned.work create", "trigger planned.work/daily create"],
    paths: [],
    notHonoured: [],
  };
  expect(await plan(first)).toEqual(asNew);
  expect(await plan(first)).toEqual(asNew);
  expect(backend.s3.objects.size).toBe(0);
  await deploy([first], at);
  expect((await plan(first)).items).toEqual(["task planned.work none", "trigger planned.work/daily none"]);
  const second = await load(project, "retries: 2, concurrency: 4");
  expect(await plan(second)).toEqual({
    items: ["task planned.work change"],
    paths: ["version", "code", "settings.concurrency", "settings.retries"],
    notHonoured: ["concurrency"],
  });
});
