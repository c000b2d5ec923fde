import { afterEach, expect, test, vi } from "vitest";
import { onUnexpected } from "@appenv/core/internal";
import { Calls, type Answer, type Ask } from "../../src/ipc/calls.ts";

type Asked = {
  readonly double: { readonly question: number; readonly answer: number };
  readonly handle: { readonly question: undefined; readonly answer: unknown };
};
type Nothing = Record<never, never>;

afterEach(() => void vi.useRealTimers());

/** Two ends of a channel that delivers at once; what is said is kept. */
function channel() {
  const said: { message: unknown; handle: unknown }[] = [];
  const asking = new Calls<Asked, Nothing>((message, handle) => {
    said.push({ message, handle });
    answering.receive(message as Ask<Asked>, handle);
  });
  const answering = new Calls<Nothing, Asked>((message, handle) => {
    said.push({ message, handle });
    asking.receive(message as Answer, handle);
  });
  return { asking, answering, said };
}

/** An end whose questions go nowhere. */
function unheard() {
  return new Calls<Asked, Nothing>(() => {});
}

test("each question gets its own answer, at once or later, in any order", async () => {
  const { asking, answering } = channel();
  const first = Promise.withResolvers<void>();
  answering.answer("double", (number) => (number === 1 ? first.promise.then(() => 2) : number * 2));
  const slow = asking.ask("double", 1, 1_000);
  expect(await asking.ask("double", 21, 1_000)).toBe(42);
  first.resolve();
  expect(await slow).toBe(2);
});

test("a question that nobody answers in time has no answer, and a late answer is dropped", async () => {
  vi.useFakeTimers();
  const { asking, answering } = channel();
  const late = Promise.withResolvers<number>();
  answering.answer("double", () => late.promise);
  const asked = asking.ask("double", 1, 1_000);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await asked).toBeUndefined();
  late.resolve(2);
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(0);
});

test("an answer leaves no timer behind", async () => {
  vi.useFakeTimers();
  const { asking, answering } = channel();
  answering.answer("double", (number) => number * 2);
  expect(await asking.ask("double", 2, 1_000)).toBe(4);
  expect(vi.getTimerCount()).toBe(0);
});

test("when the other end is gone, open and later questions have no answer", async () => {
  const asking = unheard();
  const open = asking.ask("double", 1, 60_000);
  asking.close();
  expect(await open).toBeUndefined();
  expect(await asking.ask("double", 2, 60_000)).toBeUndefined();
});

test("a question of an unknown kind is answered with nothing, without waiting", async () => {
  const { asking } = channel();
  expect(await asking.ask("double", 1, 60_000)).toBeUndefined();
});

test("an answerer that throws or rejects answers with nothing, and its error is reported", async () => {
  const { asking, answering } = channel();
  const errors: unknown[] = [];
  const stop = onUnexpected((_, error) => void errors.push(error));
  answering.answer("double", (number) => {
    if (number === 1) throw new Error("thrown");
    return Promise.reject(new Error("rejected"));
  });
  expect(await asking.ask("double", 1, 60_000)).toBeUndefined();
  expect(await asking.ask("double", 2, 60_000)).toBeUndefined();
  expect(errors).toEqual([new Error("thrown"), new Error("rejected")]);
  stop();
});

test("a handle that is returned is sent back beside the answer", async () => {
  const { asking, answering, said } = channel();
  answering.answer("handle", (_, handle) => handle);
  const handle = { fd: 7 };
  expect(await asking.ask("handle", undefined, 1_000, handle)).toBe(handle);
  expect(said[1]).toEqual({ message: { type: "answer", call: 1 }, handle });
});

test("a handle that comes too late is closed", async () => {
  const asking = unheard();
  const close = vi.fn<() => void>();
  asking.receive({ type: "answer", call: 1 }, { close });
  expect(close).toHaveBeenCalledOnce();
});

test.each([{ type: "answer", call: "x" }, { type: "ask" }, { type: "ask", call: {}, kind: "constructor" }])(
  "the message %j of a user's code does no harm",
  (message) => {
    const { answering, said } = channel();
    expect(() => answering.receive(message as never, undefined)).not.toThrow();
    expect(said.length).toBeLessThan(2);
  },
);
