import type { Platform } from "../ipc/channel.ts";
import type { ToReplica } from "../ipc/replica-messages.ts";

type Answer = Extract<ToReplica, { type: "unreachable" }>;

/** The reasons why apps cannot be reached, by their names on the platform; apps that can be reached are left out. */
export type UnreachableApps = Readonly<Record<string, string>>;

/** Finds out which of these apps cannot be reached. */
export type AskUnreachable = (apps: readonly string[]) => Promise<UnreachableApps>;

/** Asks the platform which apps cannot be reached. None of them is connected to, so none is woken. */
export class UnreachableClient {
  readonly #platform: Platform;
  readonly #asked: Map<number, (apps: UnreachableApps) => void> = new Map();
  #calls = 0;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  ask(apps: readonly string[]): Promise<UnreachableApps> {
    const call = (this.#calls += 1);
    return new Promise((resolve) => {
      this.#asked.set(call, resolve);
      void this.#platform.send({ type: "unreachable-request", call, apps });
    });
  }

  receive({ call, apps }: Answer): void {
    this.#asked.get(call)?.(apps);
    this.#asked.delete(call);
  }
}
