import type { Workers } from "../contracts/workers.ts";
import type { Place, Places } from "./places.ts";
import type { WaitReason } from "./turn.ts";

/** The processors for isolated jobs of all environments: as many compute at once. */
export class Processors implements Place {
  readonly limit: number;
  readonly #workers: Workers;
  /** Environments whose jobs wait for a processor. The first one is next, and the last if it waits for another one then. */
  readonly #waiting = new Set<IsolatedPlaces>();
  computing = 0;
  readonly isGone = false;

  constructor(workers: Workers) {
    this.#workers = workers;
    this.limit = workers.processors;
  }

  run: Place["run"] = (spec, attempt) => this.#workers.runAlone(spec, attempt);

  /** Itself, if one is free. */
  take(places: IsolatedPlaces): Place | undefined {
    if (this.computing < this.limit) return this;
    this.#waiting.add(places);
    return undefined;
  }

  freed(): void {
    for (const places of this.#waiting) {
      if (this.computing >= this.limit) return;
      this.#waiting.delete(places);
      places.unblock();
    }
  }
}

/** The places of an environment's isolated jobs. */
export class IsolatedPlaces implements Places {
  readonly #processors: Processors;
  readonly #dispatch: () => void;
  blocked = false;
  waiting = 0;

  /** @param dispatch - Starts the jobs of the environment that may start. */
  constructor(processors: Processors, dispatch: () => void) {
    this.#processors = processors;
    this.#dispatch = dispatch;
  }

  take(): Place | undefined {
    return this.#processors.take(this);
  }

  freed(): void {
    this.#processors.freed();
  }

  emptied(): void {
    this.blocked = false;
  }

  unblock(): void {
    this.blocked = false;
    this.#dispatch();
  }

  whyWaiting(): WaitReason {
    return { kind: "limit", of: "processors", limit: this.#processors.limit };
  }
}
