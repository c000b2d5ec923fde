import type { TcpHandle } from "../sockets/tcp-handle.ts";
import type { ReplicaProcess } from "./replica-process.ts";

/** A process that has not answered for so long is busy or stuck: another one is asked, in milliseconds. */
const limitMs = 5_000;

/** Has processes send handles back, which makes duplicates of them. */
export class Duplicates {
  #asked = 0;

  /** Undefined if the process ended instead of answering, or does not answer. */
  ask(process: ReplicaProcess, handle: TcpHandle): Promise<TcpHandle | undefined> {
    const id = (this.#asked += 1);
    const { promise, resolve } = Promise.withResolvers<TcpHandle | undefined>();
    let late = false;
    const onMessage = (message: { type: string; id?: number }, received: TcpHandle | undefined): void => {
      if (message.type !== "duplicated" || message.id !== id) return;
      done(received);
      if (late) received?.close();
    };
    const done = (result: TcpHandle | undefined): void => {
      clearTimeout(timer);
      process.off("message", onMessage).off("exit", onExit);
      resolve(result);
    };
    const onExit = (): void => done(undefined);
    // Its answer may come yet, with a handle that must be closed.
    const timer = setTimeout(() => {
      late = true;
      resolve(undefined);
    }, limitMs);
    process.on("message", onMessage).on("exit", onExit);
    if (process.exited === undefined) process.send({ type: "duplicate", id }, handle);
    else done(undefined);
    return promise;
  }
}
