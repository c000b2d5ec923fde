import { AppEnvError } from "@appenv/core";
import type { ActionId, RunId } from "@appenv/protocol";
import { abortedOutcome, stop } from "../actions/end-action.ts";
import type { EnqueuedAction } from "../contracts/enqueue.ts";
import type { EventFilter, EventRecord, EventWait, NewEvent, SentEvent } from "../contracts/events.ts";
import type { EngineContext } from "../live/context.ts";
import { findAction, findLive, findRun, noSuch } from "../live/find.ts";
import { enqueue } from "./enqueue.ts";
import { sendEvent } from "./events.ts";
import { endedBefore, signalByName } from "./kept-signals.ts";
import type { Requests } from "./requests.ts";
import { notWaiting, signalCondition } from "./signals.ts";

/** The requests about live runs that do not come from their attempts. */
export class OutsideCalls {
  readonly #context: EngineContext;
  readonly #requests: Requests;

  constructor(context: EngineContext, requests: Requests) {
    this.#context = context;
    this.#requests = requests;
  }

  async abort(id: ActionId, reason: string): Promise<void> {
    const { committer, actions } = this.#context.store;
    const action = findLive(this.#context, id);
    if (action === undefined) {
      if (findAction(this.#context, id) === undefined) throw noSuch(id);
      return;
    }
    await committer.commit(
      () => actions.writeAbortReason(action.row.id, reason),
      () => {
        action.row.abortReason ??= reason;
        stop(this.#context, action, abortedOutcome(reason));
      },
    );
  }

  async signal(id: ActionId, value: Uint8Array, by = ""): Promise<void> {
    const action = findLive(this.#context, id);
    if (action?.row.kind === "condition") return signalCondition(this.#context, action, value, by);
    const row = action === undefined ? findAction(this.#context, id)?.row : undefined;
    if (action === undefined && row === undefined) throw noSuch(id);
    throw notWaiting(String(row?.["label"] ?? id.action));
  }

  async signalByName(id: RunId, name: string, values: readonly Uint8Array[], by = ""): Promise<boolean> {
    const found = findRun(this.#context, id);
    if (found === undefined) throw noSuch({ ...id, action: "" });
    const run = this.#context.runs.get(Number(found.row["id"]));
    if (run === undefined) throw endedBefore(this.#context, Number(found.row["id"]), id.run, name);
    return signalByName(this.#context, run, name, { values, by });
  }

  sendEvent(event: NewEvent): Promise<SentEvent> {
    return sendEvent(this.#context, event);
  }

  listEvents({ project, domain, name, limit }: EventFilter): readonly EventRecord[] {
    const { store, clock } = this.#context;
    const found = store.tasks.scopes(project, domain).flatMap((scope) =>
      store.events.list(scope.id, name, clock.now(), limit).map((row) => ({
        ...row,
        project: scope.project,
        domain: scope.domain,
        sentAt: new Date(row.sentAt),
        keepUntil: new Date(row.keepUntil),
      })),
    );
    return found.toSorted((one, other) => other.id - one.id).slice(0, limit);
  }

  listEventWaits(asked: EventFilter): readonly EventWait[] {
    return this.#context.eventWaits.list(asked);
  }

  async enqueue(parent: ActionId, asked: EnqueuedAction): Promise<void> {
    const action = findLive(this.#context, parent);
    if (action !== undefined) return enqueue(this.#context, this.#requests, action, asked);
    if (findAction(this.#context, parent) === undefined) throw noSuch(parent);
    throw new AppEnvError("INVALID_INPUT", `The action '${parent.action}' of the run '${parent.run}' has ended.`);
  }
}
