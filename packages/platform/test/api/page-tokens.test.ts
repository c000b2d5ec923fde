import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { Filter_Function, toTaskIdentifier, toTaskSpec } from "@appenv/protocol/tasks";
import { SecretService } from "@appenv/protocol/secrets";
import { expect, test } from "vitest";
import { appId, definition } from "../support/app.ts";
import { taskDefinition, taskId } from "../support/fake-tasks.ts";
import { failure, projectId, startTaskApi } from "../support/task-api.ts";

const here = { project: projectId.name, domain: projectId.domain };
const inProject = { case: "projectId", value: projectId } as const;
const everywhere = { case: "projectId", value: { name: "", domain: "" } } as const;
const automationSpec = {
  automation: { case: "schedule", value: { expression: { case: "cronExpression", value: "0 0 * * *" } } },
} as const;
const named = [{ function: Filter_Function.CONTAINS, field: "name", values: ["a"] }];

function page(token: string, changed = false) {
  return { limit: 1, token, filters: changed ? named : [] };
}

type List = (token: string, changed?: boolean) => Promise<string>;

/** One page of each list, with one item at most; `changed`: of the same list with another filter. */
async function startLists(): Promise<Record<string, List>> {
  const api = await startTaskApi();
  const secrets = createClient(SecretService, api.transport);
  const taskName = { ...here, name: taskId().name };
  for (const name of ["a-1", "a-2"]) {
    await api.controller.apply(appId(name), definition());
    await api.start(name);
    await secrets.createSecret({ id: { ...here, name }, secretSpec: { value: { case: "stringValue", value: name } } });
    await api.projectService.createProject({ project: { id: name } });
    const id = { ...taskId(), version: name };
    await api.taskService.deployTask({ taskId: toTaskIdentifier(id), spec: toTaskSpec(id, taskDefinition()) });
    await api.taskService.deployTask({
      taskId: toTaskIdentifier({ ...id, name }),
      spec: toTaskSpec({ ...id, name }, taskDefinition()),
    });
    const triggerName = { ...here, taskName: taskId().name, name };
    await api.triggerService.deployTrigger({ name: triggerName, spec: { taskVersion: name }, automationSpec });
  }
  return {
    apps: async (token, changed) => (await api.apps.list({ request: page(token, changed) })).token,
    runs: async (token, changed) =>
      (await api.runService.listRuns({ scopeBy: inProject, request: page(token, changed) })).token,
    tasks: async (token, changed) =>
      (await api.taskService.listTasks({ scopeBy: inProject, request: page(token, changed) })).token,
    versions: async (token, changed) => {
      const name = changed === true ? { ...taskName, name: "a-1" } : taskName;
      return (await api.taskService.listVersions({ taskName: name, request: page(token) })).token;
    },
    triggers: async (token, changed) => {
      const scopeBy = changed === true ? everywhere : inProject;
      return (await api.triggerService.listTriggers({ scopeBy, request: page(token) })).token;
    },
    secrets: async (token, changed) =>
      (await secrets.listSecrets(changed === true ? { limit: 1, token } : { ...here, limit: 1, token })).token,
    projects: async (token, changed) =>
      (await api.projectService.listProjects({ limit: 1, token, filters: changed === true ? "all" : "" })).projects
        ?.token ?? "",
  };
}

/** The code that a call fails with; undefined if it succeeds. */
async function codeOf(call: Promise<unknown>): Promise<Code | undefined> {
  return call.then(
    () => undefined,
    (error: unknown) => ConnectError.from(error).code,
  );
}

test("a page token continues the list that gave it, and no other list, nor the same with another filter", async () => {
  const lists = Object.entries(await startLists());
  const tokens = await Promise.all(lists.map(async ([name, list]) => [name, await list("")] as const));
  expect(tokens.filter(([, token]) => token === "")).toEqual([]);
  for (const [name, list] of lists) {
    const codes = await Promise.all(tokens.map(async ([from, token]) => [from, await codeOf(list(token))]));
    const expected = lists.map(([from]) => [from, from === name ? undefined : Code.InvalidArgument]);
    expect([name, ...codes]).toEqual([name, ...expected]);
    const [, own = ""] = tokens.find(([from]) => from === name) ?? [];
    const error = await failure(list(own, true));
    expect(error.message).toContain("The page token was not given by this list of");
    const made = ["?", "1", "a-1", Buffer.from('["x",1]').toString("base64url")];
    expect(await Promise.all(made.map((token) => codeOf(list(token))))).toEqual(made.map(() => Code.InvalidArgument));
  }
});
