import type { Platform } from "../ipc/channel.ts";
import type { ToReplica } from "../ipc/replica-messages.ts";

type Answer = Extract<ToReplica, { type: "outages" }>;

/** Why apps cannot be reached, by their names on the platform; those that can be are left out. */
export type Outages = Readonly<Record<string, string>>;

/** Tells which of these apps cannot be reached. */
export type AskOutages = (apps: readonly string[]) => Promise<Outages>;

/** Asks the platform which apps cannot be reached. None of them is connected to, so none is woken. */
export class OutageClient {
  readonly #platform: Platform;
  readonly #asked: Map<number, (outages: Outages) => void> = new Map();
  #calls = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  outages(apps: readonly string[]): Promise<Outages> {
    const call = (this.#calls += 1);
    return new Promise((resolve) => {
      this.#asked.set(call, resolve);
      void this.#platform.send({ type: "outages-request", call, apps });
    });
  }

  receive({ call, outages }: Answer): void {
    this.#asked.get(call)?.(outages);
    this.#asked.delete(call);
  }
}
