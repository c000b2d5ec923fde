import { callerCredentials } from "@appenv/core/internal";
import type { Transport } from "@connectrpc/connect";
import type { ControlPlane } from "../control-plane/connect.ts";
import { RunStream } from "./run-stream.ts";

/** After a stream could not be opened, calls go without one for so long, in milliseconds. */
const withoutMs = 1_000;

interface Known {
  readonly stream: RunStream;
  /** By `performance.now()`; undefined while it is open or being opened. */
  failedAt?: number;
}

const streams = new WeakMap<Transport, Known>();

/**
 * The stream of this process to a control plane; undefined where there is none: calls of Flyte's own services then do
 * the same, and know what to do when nobody answers.
 */
export async function runStream({ embedded, duplex, endpoint }: ControlPlane): Promise<RunStream | undefined> {
  // The stream goes with the credentials of whoever opened it.
  if (!embedded || callerCredentials() !== undefined) return undefined;
  for (;;) {
    const known = usable(duplex, endpoint);
    if (known.failedAt !== undefined) return undefined;
    try {
      await known.stream.open();
    } catch {
      known.failedAt ??= performance.now();
      return undefined;
    }
    if (!known.stream.done) return known.stream;
  }
}

function usable(transport: Transport, endpoint: string): Known {
  const known = streams.get(transport);
  const failed = known?.failedAt !== undefined;
  const isOver = failed ? performance.now() - (known.failedAt ?? 0) > withoutMs : known?.stream.done === true;
  if (known !== undefined && !isOver) return known;
  const fresh: Known = { stream: new RunStream(transport, endpoint) };
  streams.set(transport, fresh);
  return fresh;
}
