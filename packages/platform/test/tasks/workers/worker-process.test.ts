import { EventEmitter } from "node:events";
import { expect, it, onTestFinished, vi } from "vitest";
import type { ReplicaProcess } from "../../../src/replicas/replica-process.ts";
import { defaultTiming } from "../../../../engine/src/workers/timing.ts";
import { WorkerProcess } from "../../../../engine/src/workers/worker-process.ts";

it("is killed when it says that it works after it was told to end, and stays", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const signals: (string | undefined)[] = [];
  const process = Object.assign(new EventEmitter(), {
    send: () => {},
    kill: (signal?: string) => signals.push(signal),
  }) as unknown as ReplicaProcess;
  const listener = { working() {}, message() {}, alive() {}, output() {}, gone() {} };
  const worker = new WorkerProcess(
    { process, start: {} as never, memoryLimit: undefined, watchMemory: () => {}, timing: defaultTiming },
    listener,
  );
  worker.terminate(100);
  process.emit("message", { type: "working" });
  vi.advanceTimersByTime(100);
  expect(signals).toEqual(["SIGTERM", undefined]);
});
