import { Code } from "@connectrpc/connect";
import {
  ActionPhaseNumber,
  ActionType,
  Filter_Function,
  Sort_Direction,
  toRunIdentifier,
  toTaskIdentifier,
  type Filter,
} from "@appenv/protocol/tasks";
import { describe, expect, test } from "vitest";
import { taskId } from "../support/fake-tasks.ts";
import { action, failure, projectId, startTaskApi } from "../support/task-api.ts";

const byId = { case: "taskId", value: toTaskIdentifier(taskId()) } as const;
const inProject = { case: "projectId", value: projectId } as const;

function filter(
  field: string,
  by: Filter_Function,
  ...values: string[]
): Pick<Filter, "field" | "function" | "values"> {
  return { field, function: by, values };
}

describe("lists", () => {
  test("of runs: by scope, phase, label, time and name, newest first, page by page", async () => {
    const { runService, engine, start } = await startTaskApi();
    for (const name of ["one", "two", "three", "four"]) await start(name);
    engine.change(action("two"), { phase: "FAILED" });
    const names = async (request: Parameters<typeof runService.listRuns>[0]) =>
      (await runService.listRuns({ scopeBy: inProject, ...request })).runs.map(
        ({ action: root }) => root?.id?.run?.name,
      );
    expect(await names({})).toEqual(["four", "three", "two", "one"]);
    expect(await names({ scopeBy: { case: "org", value: "" } })).toHaveLength(4);
    expect(
      await names({
        scopeBy: {
          case: "taskName",
          value: { project: "flytesnacks", domain: "development", name: "add-one.add_one" },
        },
      }),
    ).toHaveLength(4);
    expect(await names({ scopeBy: { case: "taskId", value: { ...byId.value, version: "v2" } } })).toEqual([]);
    expect(await names({ scopeBy: { case: "projectId", value: { ...projectId, domain: "production" } } })).toEqual([]);
    const filtered = (...filters: ReturnType<typeof filter>[]) => names({ request: { filters } });
    expect(await filtered(filter("phase", Filter_Function.EQUAL, String(ActionPhaseNumber.FAILED)))).toEqual(["two"]);
    expect(await filtered(filter("phase", Filter_Function.VALUE_IN, "1", "6"))).toHaveLength(4);
    expect(await filtered(filter("name", Filter_Function.CONTAINS_CASE_INSENSITIVE, "O"))).toEqual([
      "four",
      "two",
      "one",
    ]);
    const created = engine.getRun(action("two"))?.root.createdAt.toISOString() ?? "";
    expect(await filtered(filter("created_at", Filter_Function.GREATER_THAN_OR_EQUAL, created))).toEqual([
      "four",
      "three",
      "two",
    ]);
    expect(await filtered(filter("labels.team", 15 as never))).toEqual([]);
    const error = await failure(filtered(filter("colour", Filter_Function.EQUAL, "red")));
    expect(error.code).toBe(Code.InvalidArgument);
    const sortByFields = [{ key: "created_at", direction: Sort_Direction.ASCENDING }];
    expect(await names({ request: { sortByFields } })).toEqual(["one", "two", "three", "four"]);
    const pages: (string | undefined)[][] = [];
    for (let token = "", isLast = false; !isLast; isLast = token === "") {
      const filters = [filter("name", Filter_Function.NOT_EQUAL, "three")];
      const answer = await runService.listRuns({ scopeBy: inProject, request: { limit: 2, token, filters } });
      pages.push(answer.runs.map(({ action: root }) => root?.id?.run?.name));
      token = answer.token;
    }
    expect(pages.flat()).toEqual(["four", "two", "one"]);
    const request = { token: "nonsense" };
    expect((await failure(runService.listRuns({ scopeBy: inProject, request }))).code).toBe(Code.InvalidArgument);
  });

  test("of actions: by phase, parent and type", async () => {
    const { runService, engine, start } = await startTaskApi();
    const id = await start("r1");
    for (const name of ["b1", "b2", "b3"]) engine.add(action("r1", name), { group: "map" });
    engine.add(action("r1", "t1"), { kind: "trace", parent: "b1", name: "load" });
    const names = async (...filters: ReturnType<typeof filter>[]) =>
      (await runService.listActions({ runId: toRunIdentifier(id), request: { filters } })).actions.map(
        (one) => one.id?.name,
      );
    expect(await names()).toEqual(["a0", "b1", "b2", "b3", "t1"]);
    expect(await names(filter("parent_name", Filter_Function.EQUAL, "b1"))).toEqual(["t1"]);
    expect(await names(filter("action_type", Filter_Function.EQUAL, String(ActionType.TRACE)))).toEqual(["t1"]);
    expect(await names(filter("group", Filter_Function.EQUAL, "map"))).toEqual(["b1", "b2", "b3"]);
  });
});
