import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ResponseEnd, ResponseHead } from "@appenv/protocol";
import { appRequests } from "../../../api/clients.ts";
import { readFailure, type Failure } from "../../../api/failure.ts";
import type { Name } from "../../../route/names.ts";
import type { Outgoing } from "./outgoing.ts";

/** A response as far as it has come. */
export interface Incoming {
  readonly head: ResponseHead | undefined;
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  readonly end: ResponseEnd | undefined;
  readonly failure: Failure | undefined;
  /** True while more may come. */
  readonly isOpen: boolean;
}

/** Sends requests to an app, one at a time; the last one ends with its page. */
export function useRequest(app: Name): {
  readonly incoming: Incoming | undefined;
  readonly send: (outgoing: Outgoing) => void;
  readonly stop: () => void;
} {
  const incoming = useSignal<Incoming | undefined>(undefined);
  const current = useRef<AbortController>(undefined);
  useEffect(() => () => current.current?.abort(), []);
  const stop = (): void => {
    current.current?.abort();
    if (incoming.value !== undefined) incoming.value = { ...incoming.value, isOpen: false };
  };
  const send = (outgoing: Outgoing): void => {
    stop();
    const mine = new AbortController();
    current.current = mine;
    incoming.value = { head: undefined, chunks: [], end: undefined, failure: undefined, isOpen: true };
    void receive(app, outgoing, mine.signal, (part) => {
      if (!mine.signal.aborted && incoming.value !== undefined)
        incoming.value = { ...incoming.value, ...part(incoming.value) };
    });
  };
  return { incoming: incoming.value, send, stop };
}

async function receive(
  app: Name,
  outgoing: Outgoing,
  signal: AbortSignal,
  change: (part: (before: Incoming) => Partial<Incoming>) => void,
): Promise<void> {
  try {
    for await (const { event } of appRequests.sendRequest(
      { app, ...outgoing, headers: [...outgoing.headers] },
      { signal },
    )) {
      if (event.case === "head") change(() => ({ head: event.value }));
      if (event.case === "chunk") change(({ chunks }) => ({ chunks: [...chunks, new Uint8Array(event.value)] }));
      if (event.case === "end") change(() => ({ end: event.value }));
    }
    change(() => ({ isOpen: false }));
  } catch (error) {
    change(() => ({ failure: readFailure(error), isOpen: false }));
  }
}
