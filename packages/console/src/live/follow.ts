import { Code, ConnectError } from "@connectrpc/connect";
import { unanswered } from "../api/connection.ts";
import { isBroken, isDisconnect, readFailure, type Failure } from "../api/failure.ts";
import { signedOut } from "../api/session.ts";
import { visible } from "./visibility.ts";

/** A stream of the platform. */
export interface Feed<T> {
  /** Opens it. It begins with all that there is, so that nothing is missed however often it is opened. */
  readonly open: (signal: AbortSignal) => AsyncIterable<T>;
  /** Called before it is opened, and before it is opened again. */
  readonly onOpen?: () => void;
  readonly onMessage: (message: T) => void;
  /** Called when the platform has ended it: there is nothing more to come. */
  readonly onEnd?: () => void;
  /** Called when the platform refuses it. */
  readonly onFailure?: (failure: Failure) => void;
}

const firstPauseMs = 400;
const longestPauseMs = 4_000;

/** Follows a stream until the returned function is called; opens it again whenever it breaks. */
export function follow<T>(feed: Feed<T>): () => void {
  const stop = new AbortController();
  void run(feed, stop.signal);
  return () => stop.abort();
}

async function run<T>(feed: Feed<T>, stop: AbortSignal): Promise<void> {
  let pauseMs = 0;
  while (!stop.aborted) {
    await until(() => visible.value && !signedOut.value, stop);
    if (stop.aborted) return;
    const outcome = await once(feed, stop, () => (pauseMs = 0));
    if (outcome === "ended" || outcome === "refused") return;
    if (outcome === "hidden") continue;
    if (outcome === "gone" && pauseMs > 0) unanswered();
    await pause(pauseMs, stop);
    pauseMs = Math.min(Math.max(pauseMs * 2, firstPauseMs), longestPauseMs);
  }
}

async function once<T>(
  feed: Feed<T>,
  stop: AbortSignal,
  onMessage: () => void,
): Promise<"ended" | "refused" | "hidden" | "broken" | "gone"> {
  const hidden = new AbortController();
  const unwatch = visible.subscribe((seen) => seen || hidden.abort());
  const signal = AbortSignal.any([stop, hidden.signal]);
  try {
    feed.onOpen?.();
    for await (const message of feed.open(signal)) {
      onMessage();
      feed.onMessage(message);
    }
    feed.onEnd?.();
    return "ended";
  } catch (error) {
    if (signal.aborted) return "hidden";
    if (isDisconnect(error)) return "gone";
    if (isBroken(error) || ConnectError.from(error).code === Code.Unauthenticated) return "broken";
    feed.onFailure?.(readFailure(error));
    return "refused";
  } finally {
    unwatch();
  }
}

/** Resolves when a condition on signals is met, or when `stop` is aborted. */
async function until(condition: () => boolean, stop: AbortSignal): Promise<void> {
  while (!condition() && !stop.aborted) {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        for (const end of ends) end();
        stop.removeEventListener("abort", wake);
        resolve();
      };
      let first = true;
      const heard = (): void => void (first || wake());
      const ends = [visible.subscribe(heard), signedOut.subscribe(heard)];
      first = false;
      stop.addEventListener("abort", wake);
    });
  }
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
