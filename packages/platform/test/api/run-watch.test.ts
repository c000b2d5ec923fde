import { setImmediate as turn } from "node:timers/promises";
import { Code } from "@connectrpc/connect";
import {
  ActionPhaseNumber,
  Filter_Function,
  toActionIdentifier,
  toRunIdentifier,
  type WatchActionsResponse,
  type WatchRunsResponse,
} from "@appenv/protocol/tasks";
import { describe, expect, test } from "vitest";
import { action, failure, projectId, startTaskApi, taking } from "../support/task-api.ts";

function describeAll({ enrichedActions }: WatchActionsResponse): string[] {
  return enrichedActions.map(({ action: one, childrenPhaseCounts, meetsFilter }) => {
    const counts = Object.entries(childrenPhaseCounts).map(
      ([phase, count]) => `${ActionPhaseNumber[Number(phase)]} ${count}`,
    );
    const text = `${one?.id?.name} ${ActionPhaseNumber[one?.status?.phase ?? 0]}`;
    return [meetsFilter ? text : `(${text})`, ...counts].join(", ");
  });
}

describe("WatchActions", () => {
  test("sends the actions as they are, then each change and its effect on the parent", async () => {
    const { runService, engine, start } = await startTaskApi();
    const id = await start("r1");
    engine.add(action("r1", "b1"), { phase: "RUNNING" });
    engine.add(action("r1", "b2"), { phase: "RUNNING" });
    const stream = taking((signal) => runService.watchActions({ runId: toRunIdentifier(id) }, { signal }));
    expect(describeAll(await stream.next())).toEqual(["a0 QUEUED, RUNNING 2", "b1 RUNNING", "b2 RUNNING"]);
    engine.change(action("r1", "b2"), { phase: "SUCCEEDED" });
    expect(describeAll(await stream.next()).toSorted()).toEqual(["a0 QUEUED, RUNNING 1, SUCCEEDED 1", "b2 SUCCEEDED"]);
    engine.add(action("r1", "b3"), {});
    expect(describeAll(await stream.next()).toSorted()).toEqual([
      "a0 QUEUED, QUEUED 1, RUNNING 1, SUCCEEDED 1",
      "b3 QUEUED",
    ]);
    stream.end();
    await expect(stream.next()).rejects.toThrow("aborted");
  });

  test("shows the actions that match a filter, and their ancestors", async () => {
    const { runService, engine, start } = await startTaskApi();
    const id = await start("r1");
    engine.add(action("r1", "b1"), { name: "x.parent" });
    engine.add(action("r1", "b2"), { name: "x.other" });
    engine.add(action("r1", "c1"), { name: "x.child", parent: "b1" });
    const filter = [{ field: "PHASE", function: Filter_Function.VALUE_IN, values: [String(ActionPhaseNumber.FAILED)] }];
    const stream = taking((signal) => runService.watchActions({ runId: toRunIdentifier(id), filter }, { signal }));
    engine.change(action("r1", "c1"), { phase: "FAILED" });
    const seen = async () =>
      describeAll(await stream.next())
        .map((text) => text.split(",")[0])
        .toSorted();
    expect(await seen()).toEqual(["a0 QUEUED", "b1 QUEUED", "c1 FAILED"]);
    engine.change(action("r1", "c1"), { phase: "QUEUED" });
    expect(await seen()).toEqual(["(a0 QUEUED)", "(b1 QUEUED)", "(c1 QUEUED)"]);
    stream.end();
  });

  test("sends a large run in parts, and a reader who is far behind sees its final phases", async () => {
    const { runService, engine, start } = await startTaskApi();
    const id = await start("r1");
    for (let index = 0; index < 1_200; index += 1) engine.add(action("r1", `b${index}`));
    const stream = taking((signal) => runService.watchActions({ runId: toRunIdentifier(id) }, { signal }));
    const latest = new Map<string, number>();
    const take = async () => {
      for (const { action: one } of (await stream.next()).enrichedActions) {
        latest.set(one?.id?.name ?? "", one?.status?.phase ?? 0);
      }
    };
    await take();
    expect(latest.size).toBe(500);
    // More actions than are remembered for one reader, and changes that nobody waits for.
    for (let index = 1_200; index < 12_000; index += 1) engine.add(action("r1", `b${index}`));
    for (let index = 0; index < 12_000; index += 1) engine.change(action("r1", `b${index}`), { phase: "SUCCEEDED" });
    while (
      latest.size < 12_001 ||
      [...latest.values()].filter((phase) => phase === ActionPhaseNumber.SUCCEEDED).length < 12_000
    ) {
      await take();
    }
    stream.end();
  });

  test("costs the engine nothing once nobody watches", async () => {
    const { runService, engine, start } = await startTaskApi();
    const id = await start("r1");
    const stream = taking((signal) => runService.watchActions({ runId: toRunIdentifier(id) }, { signal }));
    await stream.next();
    expect(engine.listeners.size).toBe(1);
    stream.end();
    await stream.next().catch(() => {});
    await expect.poll(() => engine.listeners.size).toBe(0);
    const missing = taking((signal) =>
      runService.watchActions({ runId: toRunIdentifier({ ...id, run: "r2" }) }, { signal }),
    );
    expect((await failure(missing.next())).code).toBe(Code.NotFound);
    expect(engine.listeners.size).toBe(0);
  });
});

describe("watching one", () => {
  test("WatchActionDetails ends when the action has ended", async () => {
    const { runService, engine, start } = await startTaskApi();
    const id = await start("r1");
    const stream = taking((signal) => runService.watchActionDetails({ actionId: toActionIdentifier(id) }, { signal }));
    const phase = async () => (await stream.next()).details?.status?.phase;
    expect(await phase()).toBe(ActionPhaseNumber.QUEUED);
    engine.change(id, { phase: "RUNNING" });
    expect(await phase()).toBe(ActionPhaseNumber.RUNNING);
    engine.succeed(id);
    expect(await phase()).toBe(ActionPhaseNumber.SUCCEEDED);
    expect(await stream.isDone()).toBe(true);
    const ended = taking((signal) => runService.watchActionDetails({ actionId: toActionIdentifier(id) }, { signal }));
    await ended.next();
    expect(await ended.isDone()).toBe(true);
  });

  test("WatchRunDetails tells of the run with its settings", async () => {
    const { runService, engine, start } = await startTaskApi();
    const id = await start("r1");
    const stream = taking((signal) => runService.watchRunDetails({ runId: toRunIdentifier(id) }, { signal }));
    const { details } = await stream.next();
    expect(details?.runSpec?.labels?.values).toEqual({});
    expect(details?.action?.id?.name).toBe("a0");
    engine.succeed(id);
    expect((await stream.next()).details?.action?.status?.phase).toBe(ActionPhaseNumber.SUCCEEDED);
    expect(await stream.isDone()).toBe(true);
  });

  test("WatchClusterEvents tells each thing once", async () => {
    const { runService, engine, start } = await startTaskApi();
    const id = await start("r1");
    const at = new Date();
    const attempt = {
      attempt: 1,
      phase: "RUNNING",
      queuedAt: at,
      startedAt: undefined,
      endedAt: undefined,
      error: undefined,
    } as const;
    engine.change(id, { attempts: [attempt] });
    const stream = taking((signal) =>
      runService.watchClusterEvents({ id: toActionIdentifier(id), attempt: 1 }, { signal }),
    );
    const messages = async () => (await stream.next()).clusterEvents.map(({ message }) => message);
    expect(await messages()).toEqual(["Attempt 1 is queued."]);
    engine.change(id, { attempts: [{ ...attempt, startedAt: at }] });
    expect(await messages()).toEqual(["Attempt 1 runs."]);
    engine.change(id, {
      phase: "SUCCEEDED",
      attempts: [{ ...attempt, phase: "SUCCEEDED", startedAt: at, endedAt: at }],
    });
    expect(await messages()).toEqual(["Attempt 1 ended SUCCEEDED"]);
    expect(await stream.isDone()).toBe(true);
  });
});

function names({ runs }: WatchRunsResponse): (string | undefined)[] {
  return runs.map(({ action: root }) => root?.id?.run?.name);
}

describe("watching many", () => {
  test("WatchRuns sends the newest runs, then each that starts or changes in its project or task", async () => {
    const { runService, engine, start } = await startTaskApi();
    await start("r1");
    const target = { case: "projectId", value: projectId } as const;
    const stream = taking((signal) => runService.watchRuns({ target }, { signal }));
    expect(names(await stream.next())).toEqual(["r1"]);
    await engine.createRun({ ...engine.requests[0], project: "other", name: "r9" } as never);
    await start("r2");
    expect(names(await stream.next())).toEqual(["r2"]);
    engine.add(action("r1", "b1"));
    engine.succeed(action("r1"));
    expect(names(await stream.next())).toEqual(["r1"]);
    stream.end();
  });

  test("WatchGroups gathers runs by their tasks", async () => {
    const { runService, engine, start } = await startTaskApi();
    await start("r1");
    await start("r2");
    engine.change(action("r1"), {
      phase: "FAILED",
      endedAt: new Date(),
      error: { kind: "USER", code: "E", message: "", stack: undefined, retryable: false },
    });
    const scopeBy = { case: "projectId", value: projectId } as const;
    const stream = taking((signal) => runService.watchGroups({ scopeBy }, { signal }));
    const first = await stream.next();
    expect(first.sentinel).toBe(true);
    expect(first.taskGroups).toMatchObject([
      {
        taskName: "add-one.add_one",
        shortName: "add_one",
        totalRuns: 2n,
        averageFailureRate: 1,
        errorCounts: { userError: 1n },
      },
    ]);
    expect(first.taskGroups[0]?.recentStatuses.map(({ runName }) => runName)).toEqual(["r2", "r1"]);
    await start("r3");
    expect((await stream.next()).taskGroups[0]?.totalRuns).toBe(3n);
    stream.end();
    const once = taking((signal) =>
      runService.watchGroups({ scopeBy, endDate: { seconds: 4_000_000_000n } }, { signal }),
    );
    await once.next();
    expect(await once.isDone()).toBe(true);
  });

  test("every stream ends for its client when the platform closes", async () => {
    const api = await startTaskApi();
    const id = await api.start("r1");
    const { runService, actionsService } = api;
    const streams = [
      taking((signal) => runService.watchActions({ runId: toRunIdentifier(id) }, { signal })),
      taking((signal) => runService.watchRuns({ target: { case: "org", value: "" } }, { signal })),
      taking((signal) => runService.watchActionDetails({ actionId: toActionIdentifier(id) }, { signal })),
      taking((signal) => runService.watchRunDetails({ runId: toRunIdentifier(id) }, { signal })),
      taking((signal) => runService.watchGroups({ scopeBy: { case: "projectId", value: projectId } }, { signal })),
      taking((signal) =>
        actionsService.watchForUpdates(
          { filter: { case: "parentActionId", value: toActionIdentifier(id) } },
          { signal },
        ),
      ),
    ];
    for (const stream of streams) await stream.next();
    const ends = streams.map((stream) => failure(stream.next()));
    await turn();
    await api.close();
    for (const end of ends) expect((await end).code).toBe(Code.Unavailable);
    expect(api.engine.listeners.size).toBe(0);
  });
});
