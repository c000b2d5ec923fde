import { Calls } from "./calls.ts";
import type { FromReplica, PlatformAsks, ReplicaAsks, ToReplica } from "./replica-messages.ts";

/** A message that is no part of a call. */
export type Told = Exclude<ToReplica, { type: "ask" | "answer" }>;

/** The platform, as its replica sees it. */
export interface Platform {
  /** Questions to the platform, and the answers to its questions. Closed when the platform is gone. */
  readonly calls: Calls<ReplicaAsks, PlatformAsks>;
  /** Sends a message. Resolves when it is on its way, also if the platform is gone. */
  send(message: FromReplica): Promise<void>;
  /** Calls back with each message, and the handle beside it. */
  onMessage(listener: (message: Told, handle: unknown) => void): void;
  /** Calls back when the platform is gone. */
  onDisconnect(listener: () => void): void;
}

/** The IPC channel to the process that started this one; without one the process ends with a word to the user. */
export function connectPlatform(): Platform {
  if (process.send === undefined) {
    process.stderr.write("This file is started by the platform. To serve an app by hand, use `appenv-replica`.\n");
    process.exit(1);
  }
  const calls = new Calls<ReplicaAsks, PlatformAsks>((message, handle) => void post(message, handle));
  process.on("disconnect", () => calls.close());
  return {
    calls,
    send: (message) => post(message),
    onMessage: (listener) => {
      process.on("message", (message: ToReplica, handle) => {
        if (message.type === "ask" || message.type === "answer") calls.receive(message, handle);
        else listener(message, handle);
      });
    },
    onDisconnect: (listener) => void process.on("disconnect", listener),
  };
}

async function post(message: FromReplica, handle?: unknown): Promise<void> {
  await new Promise<void>((resolve) => {
    // Errors only say that the channel is closed, which `disconnect` says too.
    if (process.connected) process.send?.(message, handle as never, { keepOpen: true }, () => resolve());
    else resolve();
  });
  // The other end has a handle of its own now.
  (handle as { close?(): void } | undefined)?.close?.();
}
