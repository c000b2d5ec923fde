import type { ChildProcess } from "node:child_process";

interface Channel {
  onread?: (...args: unknown[]) => unknown;
}

/**
 * Calls `onBroken` when a process writes something into its IPC channel that is no message.
 *
 * Node throws while it reads such bytes, in nobody's call, which would end this process; so the reading itself is
 * wrapped, which Node offers no way to do. Without the handle behind the symbol nothing is wrapped.
 */
export function guardChannel(child: ChildProcess, onBroken: (error: unknown) => void): void {
  const symbol = Object.getOwnPropertySymbols(child).find(({ description }) => description === "kChannelHandle");
  const channel = symbol && (child as unknown as Record<symbol, Channel | undefined>)[symbol];
  const read = channel?.onread;
  if (channel === undefined || read === undefined) return;
  channel.onread = function (this: unknown, ...args) {
    try {
      return read.apply(this, args);
    } catch (error) {
      return onBroken(error);
    }
  };
}
