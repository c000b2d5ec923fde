import type { FromReplica, ToReplica } from "./replica-messages.ts";

/** The platform, as its replica sees it. */
export interface Platform {
  /** Says something. Resolves when it is on its way, also if the platform is gone. */
  send(message: FromReplica): Promise<void>;
  /** Sends a handle back; this process's own copy is closed. */
  sendBack(message: FromReplica, handle: unknown): void;
  onMessage(listener: (message: ToReplica, handle: unknown) => void): void;
  onDisconnect(listener: () => void): void;
}

/** The IPC channel to the process that started this one; without one the process ends with a word to the user. */
export function connectPlatform(): Platform {
  if (process.send === undefined) {
    process.stderr.write("This file is started by the platform. To serve an app by hand, use `appenv-replica`.\n");
    process.exit(1);
  }
  return {
    send: (message) => post(message),
    sendBack: (message, handle) => void post(message, handle).then(() => closeHandle(handle)),
    onMessage: (listener) => void process.on("message", (message, handle) => listener(message as ToReplica, handle)),
    onDisconnect: (listener) => void process.on("disconnect", listener),
  };
}

function post(message: FromReplica, handle?: unknown): Promise<void> {
  return new Promise((resolve) => {
    // Errors only say that the channel is closed, which `disconnect` says too.
    const done = (): void => resolve();
    if (!process.connected) done();
    else process.send?.(message, handle as never, { keepOpen: true }, done);
  });
}

function closeHandle(handle: unknown): void {
  (handle as { close?(): void } | undefined)?.close?.();
}
