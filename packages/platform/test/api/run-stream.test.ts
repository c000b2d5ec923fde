import { create, fromBinary, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { errorCodeHeader } from "@appenv/protocol";
import {
  ActionDetailsSchema,
  ActionPhaseNumber,
  CreateRunRequestSchema,
  decodeOutput,
  RunSchema,
  RunStreamService,
  toTaskIdentifier,
  type ExchangeRequestSchema,
  type ExchangeResponse,
} from "@appenv/protocol/tasks";
import { expect, test } from "vitest";
import { taskId } from "../support/fake-tasks.ts";
import { inputs, projectId, startTaskApi, taking } from "../support/task-api.ts";

type Request = MessageInitShape<typeof ExchangeRequestSchema>;

/** Says what a test wants said, until it hangs up. */
class Mouth {
  readonly #waiting: Request[] = [];
  #wake: () => void = () => {};
  #over = false;

  say(said: Request): void {
    this.#waiting.push(said);
    this.#wake();
  }

  hangUp(): void {
    this.#over = true;
    this.#wake();
  }

  async *requests(): AsyncGenerator<Request> {
    while (!this.#over || this.#waiting.length > 0) {
      yield* this.#waiting.splice(0);
      if (!this.#over) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

async function openStream() {
  const api = await startTaskApi();
  const transport = createConnectTransport({ baseUrl: api.endpoint, httpVersion: "2" });
  const mouth = new Mouth();
  const stream = taking<ExchangeResponse>((signal) =>
    createClient(RunStreamService, transport).exchange(mouth.requests(), { signal }),
  );
  const hello = await stream.next();
  return { ...api, say: (said: Request) => mouth.say(said), hangUp: () => mouth.hangUp(), stream, hello };
}

function startOf(x: number, task = taskId()): Uint8Array {
  const message = create(CreateRunRequestSchema, {
    id: { case: "projectId", value: projectId },
    task: { case: "taskId", value: toTaskIdentifier(task) },
    inputWrapper: { case: "inputs", value: inputs(x) },
  });
  return toBinary(CreateRunRequestSchema, message);
}

const place = { project: "flytesnacks", domain: "development" };

/** The answers to a number of calls. */
async function answers(stream: { readonly next: () => Promise<ExchangeResponse> }, count: number) {
  const all = {
    started: new Map<number, string>(),
    ended: new Map<number, string>(),
    refused: new Map<number, Code>(),
  };
  while (all.started.size + all.ended.size + all.refused.size < count) {
    const { started, ended, refused } = await stream.next();
    for (const { call, run } of started) all.started.set(call, fromBinary(RunSchema, run).action?.id?.run?.name ?? "");
    for (const { call, action, outputs } of ended) {
      const phase = ActionPhaseNumber[fromBinary(ActionDetailsSchema, action).status?.phase ?? 0];
      const gave = outputs === undefined ? "" : ` ${String(decodeOutput({ kind: "integer" }, outputs))}`;
      all.ended.set(call, `${phase}${gave}`);
    }
    for (const { call, code } of refused) all.refused.set(call, code);
  }
  return all;
}

test("is heard before anything is asked, and starts runs, those with one key once", async () => {
  const { hello, say, stream, hangUp, engine } = await openStream();
  expect([hello.started, hello.ended, hello.refused]).toEqual([[], [], []]);
  const starts = ["", "k", "k"].map((idempotencyKey, call) => ({ call, request: startOf(1), idempotencyKey }));
  say({ starts });
  const { started } = await answers(stream, 3);
  expect(started.get(1)).toBe(started.get(2));
  expect(new Set(started.values()).size).toBe(2);
  expect(engine.runs).toHaveLength(2);
  hangUp();
  expect(await stream.isDone()).toBe(true);
});

test("refuses one call and answers the others", async () => {
  const { say, stream } = await openStream();
  say({
    starts: [
      { call: 1, request: startOf(1, taskId({ name: "add-one.gone" })) },
      { call: 2, request: new Uint8Array([255, 255]) },
      { call: 3, request: startOf(1) },
    ],
    follows: [{ call: 4, ...place, run: "nobody" }],
  });
  const { started, refused } = await answers(stream, 4);
  expect([...started.keys()]).toEqual([3]);
  expect(refused.get(1)).toBe(Code.NotFound);
  expect(refused.get(4)).toBe(Code.NotFound);
  expect(refused.has(2)).toBe(true);
  stream.end();
});

test("a refusal has the platform's own code and fix", async () => {
  const { say, stream } = await openStream();
  say({ follows: [{ call: 1, ...place, run: "nobody" }] });
  const [refusal] = (await stream.next()).refused;
  expect(refusal?.message).toContain("nobody");
  expect(refusal?.metadata[errorCodeHeader]).toBe("NOT_FOUND");
  stream.end();
});

test("sends the ends of runs, also of runs that had ended before", async () => {
  const { say, stream, start, engine } = await openStream();
  const [first, second] = [await start("r1"), await start("r2")];
  engine.succeed(second, 2);
  say({ follows: [first, second].map(({ run }, call) => ({ call, ...place, run })) });
  expect((await answers(stream, 1)).ended).toEqual(new Map([[1, "SUCCEEDED 2"]]));
  engine.change(first, { phase: "RUNNING" });
  engine.succeed(first, 7);
  expect((await answers(stream, 1)).ended).toEqual(new Map([[0, "SUCCEEDED 7"]]));
  stream.end();
});

test("nobody is followed any more when the client is gone", async () => {
  const { say, stream, start, engine } = await openStream();
  const { run } = await start("r1");
  say({ follows: [{ call: 1, ...place, run }] });
  await expect.poll(() => engine.listeners.size).toBe(1);
  stream.end();
  await expect(stream.next()).rejects.toThrow("aborted");
  await expect.poll(() => engine.listeners.size).toBe(0);
});

test("ends with the platform", async () => {
  const { say, stream, start, close } = await openStream();
  const { run } = await start("r1");
  say({ follows: [{ call: 1, ...place, run }] });
  const ended = stream.next().catch((error: unknown) => ConnectError.from(error).code);
  await close();
  expect(await ended).toBe(Code.Unavailable);
});
