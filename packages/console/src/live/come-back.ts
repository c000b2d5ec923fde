import { effect } from "@preact/signals";
import { answered, gone } from "../api/connection.ts";

const pauseMs = 1_000;

/** Asks whether the platform is back while it is gone: a call may have failed while no stream is open that would tell. */
export function lookForReturn(): void {
  effect(() => {
    if (!gone.value) return undefined;
    const timer = setInterval(() => {
      fetch("/healthz", { cache: "no-store" }).then(
        ({ ok }) => void (ok && answered()),
        () => {},
      );
    }, pauseMs);
    return () => clearInterval(timer);
  });
}
