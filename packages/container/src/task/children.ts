import { setTimeout as sleep } from "node:timers/promises";
import { Code, ConnectError, type Client } from "@connectrpc/connect";
import { ActionPhaseNumber, type ActionsService, type ActionUpdate } from "@appenv/protocol/tasks";

/** The end of a child, as the backend reports it. */
export type EndedChild = Pick<ActionUpdate, "phase" | "error" | "outputUri" | "value">;

const final: ReadonlySet<ActionPhaseNumber> = new Set([
  ActionPhaseNumber.SUCCEEDED,
  ActionPhaseNumber.FAILED,
  ActionPhaseNumber.ABORTED,
  ActionPhaseNumber.TIMED_OUT,
  ActionPhaseNumber.RECOVERED,
]);

/** Longest delay before the stream is opened again, in milliseconds. */
const longestDelayMs = 10_000;

/**
 * The children of an action: those an attempt before has started, and the ends of all. The stream of updates is opened again
 * when it breaks; its snapshot then tells what was missed.
 */
export class Children {
  readonly #client: Client<typeof ActionsService>;
  readonly #parent: { readonly name: string; readonly run: { project: string; domain: string; name: string } };
  readonly #known = new Set<string>();
  readonly #ended = new Map<string, EndedChild>();
  readonly #waiting = new Map<string, ((end: EndedChild) => void)[]>();
  readonly #stop = new AbortController();
  readonly #snapshot = Promise.withResolvers<void>();

  constructor(
    client: Client<typeof ActionsService>,
    parent: { project: string; domain: string; run: string; action: string },
  ) {
    const { project, domain, run, action } = parent;
    this.#client = client;
    this.#parent = { name: action, run: { project, domain, name: run } };
  }

  /** Watches until `close`. Resolves when the children of the attempts before are known. */
  open(): Promise<void> {
    void this.#watch();
    return this.#snapshot.promise;
  }

  /** True for a child that has been started, by this attempt or one before. */
  isKnown(name: string): boolean {
    return this.#known.has(name);
  }

  /** Notes that a child has been started. */
  add(name: string): void {
    this.#known.add(name);
  }

  /** Resolves with the end of a child. */
  end(name: string): Promise<EndedChild> {
    const ended = this.#ended.get(name);
    if (ended !== undefined) return Promise.resolve(ended);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(name);
      if (waiting === undefined) this.#waiting.set(name, [resolve]);
      else waiting.push(resolve);
    });
  }

  close(): void {
    this.#stop.abort();
  }

  async #watch(): Promise<void> {
    let delayMs = 100;
    while (!this.#stop.signal.aborted) {
      try {
        const request = { filter: { case: "parentActionId", value: this.#parent } } as const;
        for await (const { message } of this.#client.watchForUpdates(request, { signal: this.#stop.signal })) {
          delayMs = 100;
          if (message.case === "actionUpdate") this.#take(message.value);
          else if (message.case === "controlMessage") this.#snapshot.resolve();
        }
      } catch (error) {
        if (isHopeless(error)) return this.#snapshot.reject(error as Error);
      }
      await sleep(delayMs, undefined, { signal: this.#stop.signal }).catch(() => {});
      delayMs = Math.min(delayMs * 2, longestDelayMs);
    }
  }

  /** Updates may begin without a phase, repeat, and go backwards: only the first end counts. */
  #take(update: ActionUpdate): void {
    const name = update.actionId?.name ?? "";
    if (name === "" || name === this.#parent.name) return;
    this.#known.add(name);
    if (!final.has(update.phase) || this.#ended.has(name)) return;
    this.#ended.set(name, update);
    for (const resolve of this.#waiting.get(name) ?? []) resolve(update);
    this.#waiting.delete(name);
  }
}

/** True for errors that another try does not mend. */
function isHopeless(error: unknown): boolean {
  const hopeless = [Code.InvalidArgument, Code.Unimplemented, Code.Unauthenticated, Code.PermissionDenied];
  if (!(error instanceof ConnectError)) return false;
  // A stream that was cut between two messages has the code of a wrong argument.
  return hopeless.includes(error.code) && !error.rawMessage.includes("missing EndStreamResponse");
}
