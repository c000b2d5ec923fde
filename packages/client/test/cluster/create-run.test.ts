import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { startFront, type Front } from "@appenv-internal/conformance/flyte-backend/cut";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { Run } from "../../src/run/run.ts";
import type { Task } from "../../src/task/task.ts";
import { Cluster } from "../support/cluster.ts";
import { errorOf } from "../support/error-of.ts";

const takesX = { inputs: { x: { kind: "integer" } } } as const;

let cluster: Cluster;
let front: Front;
let task: Task;

beforeAll(async () => {
  cluster = await Cluster.start();
  front = await startFront(cluster.endpoint);
  task = await cluster.task("math.add", takesX, front.endpoint);
});
afterAll(async () => {
  await front.close();
  await cluster.backend.close();
});

const withoutReservations: Interceptor = (next) => (request) => {
  if (request.service.typeName.includes("CacheService")) throw new ConnectError("none", Code.Unimplemented);
  return next(request);
};

function runs(): number {
  return cluster.backend.state.actions.length;
}

/** The error codes of promises; `undefined` for those that were kept. */
async function codesOf(promises: readonly Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((each) => (each.status === "rejected" ? (each.reason as { code?: unknown }).code : undefined));
}

describe("a name", () => {
  test("that exists is refused, and the run that has it keeps its inputs", async () => {
    const first = await task.run({ x: 1 }, { name: "monday" });
    const error = await errorOf(task.run({ x: 2 }, { name: "monday" }));
    expect([error.code, error.message]).toEqual([
      "RUN_EXISTS",
      "There is a run 'monday' in flytesnacks/development already.",
    ]);
    expect(await first.inputs()).toEqual({ x: 1 });
  });

  test("that several ask for at once is given to one of them, with the inputs of that one", async () => {
    const xs = [1, 2, 3, 4, 5, 6];
    const asked = xs.map((x) => task.run({ x }, { name: "race" }));
    const codes = await codesOf(asked);
    expect(codes.toSorted()).toEqual([...xs.slice(1).map(() => "RUN_EXISTS"), undefined]);
    const winner = codes.indexOf(undefined);
    expect(await (await asked[winner])?.inputs()).toEqual({ x: xs[winner] });
  });

  test("that Kubernetes does not take is refused before anything is sent", async () => {
    const before = front.requests.length;
    for (const name of ["1st", "Monday", "a".repeat(31), "end-"]) {
      expect((await errorOf(task.run({ x: 1 }, { name }))).code).toBe("INVALID_INPUT");
    }
    expect(front.requests.length).toBe(before);
  });
});

describe("an idempotency key", () => {
  test("makes one run of all calls with it, also at once, and refuses other inputs", async () => {
    const before = runs();
    const asked = await Promise.all([1, 2, 3, 4].map(() => task.run({ x: 1 }, { idempotencyKey: "order 1" })));
    const again = await task.run({ x: 1 }, { idempotencyKey: "order 1" });
    expect(new Set([...asked, again].map(({ name }) => name)).size).toBe(1);
    expect(runs()).toBe(before + 1);
    const error = await errorOf(task.run({ x: 2 }, { idempotencyKey: "order 1" }));
    expect([error.code, error.message]).toEqual(["IDEMPOTENCY_CONFLICT", expect.stringContaining(again.name)]);
    const other = await cluster.task("math.other", takesX, front.endpoint);
    expect((await errorOf(other.run({ x: 1 }, { idempotencyKey: "order 1" }))).code).toBe("IDEMPOTENCY_CONFLICT");
    expect((await task.run({ x: 1 }, { idempotencyKey: "order 2" })).name).not.toBe(again.name);
  });

  test("of a client that was killed after it had started the run is not waited for", async () => {
    const options = { idempotencyKey: "order 4" };
    void front.next("ReleaseReservation", { kind: "lost" });
    const first = await task.run({ x: 1 }, options);
    const begun = performance.now();
    expect((await task.run({ x: 1 }, options)).name).toBe(first.name);
    // The reservation of the first one stands for half a minute.
    expect(performance.now() - begun).toBeLessThan(30_000);
  });

  test("goes with no name, since the name is made from it", async () => {
    const error = await errorOf(task.run({ x: 1 }, { idempotencyKey: "order 3", name: "order-3" }));
    expect([error.code, error.fix]).toEqual(["UNSUPPORTED", "Leave out `name` or `idempotencyKey`."]);
  });
});

describe("an answer that is lost", () => {
  test.each([
    ["before the backend has the request", { kind: "lost" }],
    ["after the backend has started the run", { kind: "cut" }],
    ["in the middle of the answer", { kind: "cut", afterBytes: 5 }],
    ["in a proxy", { kind: "answer", status: 502 }],
  ] as const)("%s: the run is started once, and is known", async (_, fault) => {
    for (const [index, options] of [
      {},
      { name: `cut-${fault.kind}-${runs()}` },
      { idempotencyKey: `cut ${runs()}` },
    ].entries()) {
      const before = runs();
      const met = front.next("CreateRun", fault);
      const run = await task.run({ x: index }, options);
      await met;
      expect([runs(), await run.inputs()]).toEqual([before + 1, { x: index }]);
    }
  });

  test("since a proxy keeps silent, before or after the backend has started the run: it is started once", async () => {
    vi.stubEnv("APPENV_CALL_TIMEOUT", "300ms");
    const silent = await startFront(cluster.endpoint);
    onTestFinished(() => silent.close());
    onTestFinished(() => void vi.unstubAllEnvs());
    const patient = await cluster.task("math.add", takesX, silent.endpoint);
    for (const fault of [{ kind: "stalled" }, { kind: "stalled", afterBytes: 0 }] as const) {
      const before = runs();
      const met = silent.next("CreateRun", fault);
      const run = await patient.run({ x: 3 });
      await met;
      expect([runs(), await run.inputs()]).toEqual([before + 1, { x: 3 }]);
    }
  });

  test("again and again: the error names the run that may be there", async () => {
    const stop = front.always("CreateRun", { kind: "lost" });
    const error = await errorOf(task.run({ x: 1 }));
    stop();
    expect([error.code, error.fix]).toEqual(["UNREACHABLE", expect.stringMatching(/`appenv get run r\w{19}`/)]);
  });
});

test("options that the backend would ignore, or that would keep the run queued for ever, are refused", async () => {
  const before = runs();
  const refused = [
    [{ overwriteCache: true }, "UNSUPPORTED", "overwriteCache"],
    [{ labels: { team: "web shop" } }, "INVALID_INPUT", "\"web shop\" of the label 'team'"],
    [{ labels: { "a/b/c": "" } }, "INVALID_INPUT", '"a/b/c"'],
    [{ annotations: { "not a key": "1" } }, "INVALID_INPUT", '"not a key"'],
  ] as const;
  for (const [options, code, text] of refused) {
    const error = await errorOf(task.run({ x: 1 }, options));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(text)]);
  }
  expect(runs()).toBe(before);
  const run = await task.run({ x: 1 }, { labels: { "example.com/team": "shop" }, envVars: { LEVEL: "debug" } });
  expect((await Run.get(run.name, { endpoint: front.endpoint })).labels).toEqual({ "example.com/team": "shop" });
});

test("without reservations a name and a key still make one run, one after the other", async () => {
  const other = await Cluster.start({ interceptors: [withoutReservations] });
  const math = await other.task("math.add", takesX);
  await math.run({ x: 1 }, { name: "monday" });
  expect((await errorOf(math.run({ x: 2 }, { name: "monday" }))).code).toBe("RUN_EXISTS");
  const keyed = [await math.run({ x: 1 }, { idempotencyKey: "k" }), await math.run({ x: 1 }, { idempotencyKey: "k" })];
  expect(new Set(keyed.map(({ name }) => name)).size).toBe(1);
  await other.backend.close();
});
