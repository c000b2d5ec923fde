import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { followEvents, type EventListener } from "./follow-events.ts";
import type { FollowOptions } from "./follow-options.ts";
import type { ServerEvent } from "./read-events.ts";

/** The state of something that is followed. */
export interface Followed {
  /** `idle` without a URL; `connecting` also after a lost connection; `failed` if it cannot be read. */
  readonly status: "idle" | "connecting" | "reading" | "ended" | "failed";
  /** The reason of `failed`. */
  readonly error: Error | undefined;
}

/** The reading of events into a state. */
export interface Reading<State> {
  readonly initial: State;
  /** The state after some events, and whether they are the last ones. */
  readonly next: (state: State, events: readonly ServerEvent[]) => { readonly state: State; readonly ended: boolean };
}

/** Follows the events of a URL while the component is there. Another URL begins anew. */
export function useFollowed<State>(
  url: string | undefined,
  options: FollowOptions,
  reading: Reading<State>,
): State & Followed {
  // New objects in each render are no other options.
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const store = useMemo(() => new FollowedStore(url, () => latest.current, reading), [url, reading]);
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

class FollowedStore<State> implements EventListener {
  readonly #url: string | undefined;
  readonly #options: () => FollowOptions;
  readonly #reading: Reading<State>;
  readonly #listeners: Set<() => void> = new Set();
  #state: State & Followed;
  #leave: (() => void) | undefined;

  constructor(url: string | undefined, options: () => FollowOptions, reading: Reading<State>) {
    this.#url = url;
    this.#options = options;
    this.#reading = reading;
    this.#state = this.#first();
  }

  readonly get = (): State & Followed => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#url !== undefined) this.#leave ??= this.#follow(this.#url);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#leave?.();
      this.#leave = undefined;
    };
  };

  events(events: readonly ServerEvent[]): boolean {
    const { state, ended } = this.#reading.next(this.#state, events);
    this.#set({ ...this.#state, ...state, status: ended ? "ended" : "reading" });
    return ended;
  }

  failed(error: Error): void {
    this.#set({ ...this.#state, status: "failed", error });
  }

  connected(isConnected: boolean): void {
    this.#set({ ...this.#state, status: isConnected ? "reading" : "connecting" });
  }

  /** Reads from the first event: a component that comes back has forgotten them. */
  #follow(url: string): () => void {
    this.#state = this.#first();
    return followEvents(url, this.#options, this);
  }

  #first(): State & Followed {
    const status = this.#url === undefined ? "idle" : "connecting";
    return { ...this.#reading.initial, status, error: undefined };
  }

  #set(state: State & Followed): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
