import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  ActionPhaseNumber,
  ConditionActionSchema,
  ErrorInfo_Kind,
  ErrorInfoSchema,
  TraceActionSchema,
} from "@appenv/protocol/tasks";
import type { Interceptor } from "@connectrpc/connect";
import { newAction, type ActionState } from "@appenv-internal/conformance/flyte-backend/state";
import { startFront, type Fault, type Front } from "@appenv-internal/conformance/flyte-backend/cut";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rerun } from "../../src/run/rerun.ts";
import { Run } from "../../src/run/run.ts";
import { signal, signalText } from "../../src/run/signal.ts";
import type { Task } from "../../src/task/task.ts";
import { Cluster } from "../support/cluster.ts";
import { errorOf } from "../support/error-of.ts";

/** Phases that the backend says in place of those it knows, by run. */
const newer = new Map<string, { readonly phase: number; readonly ended: boolean }>();

/** A backend that is newer than this client. */
const newerPhases: Interceptor = (next) => async (request) => {
  const response = await next(request);
  if (request.method.name !== "WatchActionDetails" || !response.stream) return response;
  return { ...response, message: renamed(response.message) as never };
};

async function* renamed(messages: AsyncIterable<any>): AsyncGenerator<unknown> {
  for await (const message of messages) {
    // Fields of a newer Flyte.
    message.details.$unknown = [{ no: 99, wireType: 0, data: new Uint8Array([1]) }];
    const said = newer.get(message.details.id.run.name);
    if (said === undefined) yield message;
    else {
      const attempts = message.details.attempts.map((each: object) => ({ ...each, phase: said.phase }));
      const end = said.ended ? { endTime: timestampFromMs(2_000) } : {};
      yield {
        ...message,
        details: { ...message.details, attempts, status: { ...message.details.status, ...end, phase: said.phase } },
      };
      if (!said.ended) return;
    }
  }
}

/** An answer to a stream that is nothing but an error. */
function endOfStream(error: object): Fault {
  const json = JSON.stringify({ error });
  const body = Buffer.from([2, 0, 0, 0, json.length]).toString() + json;
  return { kind: "answer", status: 200, headers: { "Content-Type": "application/connect+proto" }, body };
}

let cluster: Cluster;
let front: Front;
let task: Task;

beforeAll(async () => {
  cluster = await Cluster.start({ interceptors: [newerPhases] });
  front = await startFront(cluster.endpoint);
  const outputs = { o1: { kind: "integer" }, o0: { kind: "integer" } } as const;
  task = await cluster.task("math.divide", { inputs: { x: { kind: "integer" } }, outputs }, front.endpoint);
});
afterAll(async () => {
  await front.close();
  await cluster.backend.close();
});

async function started(x = 1): Promise<{ readonly run: Run; readonly root: ActionState }> {
  const run = await task.run({ x });
  const root = cluster.root(run.name);
  await cluster.attempts(root, 1);
  return { run, root };
}

describe("a wait", () => {
  test("ends by the last attempt, though the status still says RUNNING; all outputs are given", async () => {
    const { run, root } = await started();
    const phases: string[] = [];
    const watching = (async () => {
      for await (const phase of run.watch()) phases.push(phase);
    })();
    await cluster.end(root, ActionPhaseNumber.SUCCEEDED, { o0: 7, o1: 2 });
    expect(await run.outputs()).toEqual([7, 2]);
    await watching;
    expect([phases.at(-1), run.endedAt]).toEqual(["SUCCEEDED", expect.any(Date)]);
  });

  test("of a run that failed has the error of its last attempt", async () => {
    const { run, root } = await started();
    const parts = { code: "ZeroDivisionError", message: "division by zero", kind: ErrorInfo_Kind.USER };
    root.attempts[0]!.error = root.error = create(ErrorInfoSchema, parts);
    await cluster.end(root, ActionPhaseNumber.FAILED);
    const error = await errorOf(run.wait());
    expect([error.code, error.message]).toEqual([
      "TASK_FAILED",
      `The run '${run.name}' failed: ZeroDivisionError: division by zero`,
    ]);
  });

  test("knows RECOVERED as an end, and a run that was aborted before it began", async () => {
    const { run, root } = await started();
    await cluster.end(root, ActionPhaseNumber.RECOVERED, { o0: 1, o1: 2 });
    expect([await run.wait(), await run.outputs()]).toEqual(["RECOVERED", [1, 2]]);
    const other = await task.run({ x: 1 });
    await other.abort("not today");
    expect((await errorOf(other.wait())).message).toBe(`The run '${other.name}' was aborted: not today.`);
  });

  test.each([
    [{ phase: 77, ended: true }, "SUCCEEDED"],
    [{ phase: 77, ended: false }, "is in the phase 77, which this version does not know"],
  ])("of a backend that says %o never hangs", async (said, expected) => {
    const { run } = await started();
    newer.set(run.name, said);
    const ended = await run.wait().catch((error: Error) => error.message);
    expect(ended).toContain(expected);
  });

  test("goes on through a stream that is cut, a proxy that fails, and a backend that is killed and comes back", async () => {
    const { run, root } = await started();
    const met = front.next("WatchActionDetails", { kind: "cut", afterBytes: 20 });
    const waiting = run.wait();
    await met;
    await front.next("WatchActionDetails", { kind: "answer", status: 502, body: "<html>Bad Gateway</html>" });
    await front.next("WatchActionDetails", { kind: "cut" });
    await front.down();
    await cluster.end(root, ActionPhaseNumber.SUCCEEDED, { o0: 1, o1: 1 });
    await front.up();
    expect(await waiting).toBe("SUCCEEDED");
  });
});

test("a backend without its database does not end a watch, though it says that there is no such action", async () => {
  const { run, root } = await started();
  const watching = run.watch();
  await watching.next();
  const rest = watching.next();
  await front.down();
  await front.up();
  for (const code of ["internal", "not_found"]) {
    await front.next("WatchActionDetails", endOfStream({ code, message: "failed to get action details" }));
  }
  await cluster.end(root, ActionPhaseNumber.SUCCEEDED, { o0: 1, o1: 1 });
  expect((await rest).value).toBe("SUCCEEDED");
  expect((await errorOf(run.logs({ action: "nobody" }).next())).code).toBe("NOT_FOUND");
});

describe("outputs", () => {
  test("are read again when the connection breaks in the middle", async () => {
    const { run, root } = await started();
    await cluster.end(root, ActionPhaseNumber.SUCCEEDED, { o0: 3, o1: 4 });
    void front.next("GetActionData", { kind: "cut", afterBytes: 3 });
    void front.next("GetActionDetails", { kind: "lost" });
    expect(await run.outputs()).toEqual([3, 4]);
  });
});

test("actions have their names, kinds and parents, though there are several pages of them, and one has its value", async () => {
  const { run, root } = await started();
  const add = (name: string, spec: ActionState["spec"]): void => {
    const { inputUri, runBase, runSpec } = root;
    const added = newAction({ run: root.run, name, parent: "a0", group: "g", spec, inputUri, runBase, runSpec });
    cluster.backend.state.add(added);
  };
  const trace = create(TraceActionSchema, { name: "measured", phase: ActionPhaseNumber.SUCCEEDED });
  add("t1", { case: "trace", value: trace });
  const condition = create(ConditionActionSchema, { name: "approve", type: { type: { case: "simple", value: 4 } } });
  add("c1", { case: "condition", value: condition });
  add("b1", root.spec);
  const actions = await run.actions();
  expect(actions.map(({ name, kind, task: what, parent }) => [name, kind, what, parent])).toEqual([
    ["a0", "task", "math.divide", undefined],
    ["t1", "trace", "measured", "a0"],
    ["c1", "condition", "approve", "a0"],
    ["b1", "task", "math.divide", "a0"],
  ]);

  const options = { endpoint: front.endpoint };
  for (const [name, value, code] of [
    ["approve", "maybe", "INVALID_INPUT"],
    ["nothing", "true", "NOT_FOUND"],
  ] as const) {
    expect((await errorOf(signalText(run.name, name, value, options))).code).toBe(code);
  }
  expect((await errorOf(signal(run, "approve", 1, options))).message).toBe("The condition 'c1' wants true or false.");
  expect(await signalText(run.name, "approve", "yes", options)).toBe("given");
  expect([(await run.values("c1")).output, (await run.action("c1")).task]).toEqual([true, "approve"]);
  expect((await errorOf(signal(run, "c1", false, options))).code).toBe("CONDITION_NOT_WAITING");
  await run.abort("not this one", "b1");
  expect(await run.action("b1")).toMatchObject({ phase: "ABORTED", failure: { message: "not this one" } });
  expect((await run.action("a0")).phase).not.toBe("ABORTED");
});

test("a run is started again with its inputs, but not recovered", async () => {
  const { run } = await started(5);
  const options = { endpoint: front.endpoint };
  const before = cluster.backend.state.actions.length;
  const error = await errorOf(rerun(run.name, { ...options, recover: true }));
  expect([error.code, error.fix]).toEqual(["UNSUPPORTED", expect.stringContaining("--recover")]);
  expect(cluster.backend.state.actions.length).toBe(before);
  const again = await rerun(run.name, options);
  expect([again.name === run.name, await again.inputs()]).toEqual([false, { x: 5 }]);
});

test("runs are listed by task and phase, not by labels", async () => {
  const options = { endpoint: front.endpoint, task: "math.divide" } as const;
  const failed = await Run.list({ ...options, phase: "FAILED" });
  expect(failed.map(({ phase }) => phase)).toEqual(["FAILED"]);
  const error = await errorOf(Run.list({ ...options, labels: { team: "shop" } }));
  expect([error.code, error.message]).toEqual(["UNSUPPORTED", expect.stringContaining("cannot list runs by them")]);
});
