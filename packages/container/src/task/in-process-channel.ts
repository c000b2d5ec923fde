import type { FromReplica } from "@appenv/runtime";

/** The worker's end of a channel whose other end is in this very process. */
export interface InProcessChannel {
  send(message: FromReplica): Promise<void>;
  sendBack(message: FromReplica, handle: unknown): void;
  onMessage(): void;
  onDisconnect(): void;
}

/** A channel for a worker without a platform. @param receive - Called with what the worker says. */
export function inProcessChannel(receive: (message: FromReplica) => void): InProcessChannel {
  return {
    send: async (message) => receive(message),
    sendBack: (message) => receive(message),
    // The worker is told by calls of its `handle`.
    onMessage: () => {},
    onDisconnect: () => {},
  };
}
