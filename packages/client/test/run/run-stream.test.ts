import { toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createRouterTransport, type Transport } from "@connectrpc/connect";
import { errorCodeHeader, errorFixHeader } from "@appenv/protocol";
import { ActionDetailsSchema, type ExchangeRequest, RunStreamService } from "@appenv/protocol/tasks";
import { expect, test } from "vitest";
import type { ControlPlane } from "../../src/control-plane/control-plane.ts";
import { RunStream, runStream } from "../../src/run/run-stream.ts";
import { errorOf } from "../support/error-of.ts";
import { details } from "../support/fake-runs.ts";

const endpoint = "http://platform";
const run = { project: "flytesnacks", domain: "development", run: "r1" };
const request = new Uint8Array([1, 2, 3]);

/** A platform that answers what is started and followed, but for calls with a key. */
class FakeStreams {
  readonly messages: ExchangeRequest[] = [];
  opened = 0;
  /** Called with each message; what it throws breaks the stream. */
  hear: () => void = () => {};

  readonly transport: Transport = createRouterTransport(({ service }) => {
    const exchange = (requests: AsyncIterable<ExchangeRequest>) => this.#exchange(requests);
    service(RunStreamService, { exchange });
  });

  async *#exchange(requests: AsyncIterable<ExchangeRequest>) {
    this.opened += 1;
    yield {};
    for await (const message of requests) {
      this.messages.push(message);
      this.hear();
      const [keyed, plain] = [true, false].map((isKeyed) =>
        message.starts.filter(({ idempotencyKey }) => (idempotencyKey !== "") === isKeyed),
      );
      yield {
        started: (plain ?? []).map(({ call }) => ({ call, run: request })),
        ended: message.follows.map(({ call }) => ({
          call,
          action: toBinary(ActionDetailsSchema, details("SUCCEEDED")),
        })),
        refused: (keyed ?? []).map(({ call }) => ({
          call,
          code: Code.AlreadyExists,
          message: "used before",
          metadata: { [errorCodeHeader]: "IDEMPOTENCY_CONFLICT", [errorFixHeader]: "Take%20another." },
        })),
      };
    }
  }

  controlPlane(embedded = true): ControlPlane {
    return { embedded, endpoint, duplex: this.transport } as ControlPlane;
  }
}

test("sends calls that are made together in one message, and gives each its own answer", async () => {
  const fake = new FakeStreams();
  const stream = await runStream(fake.controlPlane());
  const started = Array.from({ length: 20 }, () => stream?.start(request, ""));
  const [followed, refused] = [stream?.follow(run), errorOf(stream?.start(request, "k") ?? Promise.resolve())];
  expect(new Set((await Promise.all(started)).map((answer) => answer?.call)).size).toBe(20);
  expect((await followed)?.action.length).toBeGreaterThan(0);
  expect(await refused).toMatchObject({
    code: "IDEMPOTENCY_CONFLICT",
    message: "used before",
    fix: "Take another.",
  });
  expect(fake.messages).toHaveLength(1);
});

test("large requests go out in several messages", async () => {
  const fake = new FakeStreams();
  const stream = await runStream(fake.controlPlane());
  const large = new Uint8Array(700 * 1024);
  await Promise.all([1, 2, 3].map(() => stream?.start(large, "")));
  expect(fake.messages.map(({ starts }) => starts.length)).toEqual([1, 1, 1]);
});

test("a stream ends when nobody waits any more; then there is another one", async () => {
  const fake = new FakeStreams();
  const first = await runStream(fake.controlPlane());
  expect(await runStream(fake.controlPlane())).toBe(first);
  await first?.follow(run);
  await expect.poll(() => first?.done).toBe(true);
  const second = await runStream(fake.controlPlane());
  await second?.follow(run);
  expect(fake.opened).toBe(2);
});

test("all who wait on a stream that breaks are told that nobody answers", async () => {
  const fake = new FakeStreams();
  fake.hear = () => {
    throw new ConnectError("stream closed with CANCEL", Code.Canceled);
  };
  const stream = await runStream(fake.controlPlane());
  const asked = [stream?.start(request, ""), stream?.follow(run)];
  const errors = await Promise.all(asked.map((each) => errorOf(each ?? Promise.resolve())));
  expect(errors.map(({ code }) => code)).toEqual(["UNREACHABLE", "UNREACHABLE"]);
  // It can be opened again.
  fake.hear = () => {};
  expect(await (await runStream(fake.controlPlane()))?.follow(run)).toBeDefined();
});

test("there is none where the control plane knows none, and nothing was sent then", async () => {
  const fake = new FakeStreams();
  expect(await runStream(fake.controlPlane(false))).toBeUndefined();
  expect(
    await runStream({ embedded: true, endpoint, duplex: createRouterTransport(() => {}) } as never),
  ).toBeUndefined();
  const alone = new RunStream(
    createRouterTransport(() => {}),
    endpoint,
  );
  expect((await errorOf(alone.open())).code).toBe("UNSUPPORTED");
  expect(fake.opened).toBe(0);
});
