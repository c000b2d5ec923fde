import type { FromReplica, ToReplica } from "@appenv/runtime";
import { Calls } from "@appenv/runtime/ipc";
import { IsolatingEmitter } from "../../src/replicas/isolating-emitter.ts";
import type { ProcessExit } from "../../src/replicas/replica-process.ts";

/** A process that says it works, and has ended in the same turn of the event loop. */
class VanishingProcess extends IsolatingEmitter<{ message: [FromReplica]; exit: [ProcessExit] }> {
  readonly pid = 1;
  readonly lastSign: number = performance.now();
  readonly calls: Calls<{}, {}> = new Calls(() => {});
  exited: ProcessExit | undefined;

  send({ type }: ToReplica): void {
    if (type === "work") setImmediate(() => this.#vanish());
  }

  kill(): void {}

  #vanish(): void {
    this.emit("message", { type: "working" });
    this.exited = { code: 7, signal: null };
    this.emit("exit", this.exited);
  }
}

/** As much of a pool as workers need. */
export class VanishingProcesses {
  /** Start times, in milliseconds of `performance.now()`. */
  started: number[] = [];

  takeForTasks(): VanishingProcess {
    this.started.push(performance.now());
    return new VanishingProcess("a process");
  }

  refill(): void {}

  async close(): Promise<void> {}

  watchMemory(): void {}
}
