import { fromTraceVars, isTraced, parseTrace, traceText, type TraceHeaders } from "@appenv/core/internal";
import type { Env, Storage } from "../storage/storage.ts";
import type { TaskArguments } from "./task-arguments.ts";

type Place = Pick<TaskArguments, "runBase" | "action">;

/**
 * The trace contexts of a run's actions. The backend has no place for them: that of a run comes in env vars, and those of
 * children, and of a run that came without, are objects beside their inputs. Without an SDK no object is read or written.
 */
export class ActionTraces {
  readonly #storage: Storage;
  readonly #place: Place;

  constructor(storage: Storage, place: Place) {
    this.#storage = storage;
    this.#place = place;
  }

  /** The context of this container's action; to be called when its code, which registers an SDK, is loaded. Never rejects. */
  async own(env: Env): Promise<TraceHeaders | undefined> {
    const given = fromTraceVars(env);
    if (!isTraced()) return given;
    const bytes = await this.#storage.get(this.#uri(this.#place.action)).catch(() => undefined);
    return parseTrace(bytes && Buffer.from(bytes).toString()) ?? given;
  }

  /** Keeps the context of an action. A trace is no reason to fail: never rejects. */
  async put(action: string, trace: TraceHeaders | undefined): Promise<void> {
    if (trace === undefined || !isTraced()) return;
    await this.#storage.put(this.#uri(action), Buffer.from(traceText(trace))).catch(() => {});
  }

  /** Keeps the context of the action itself, for its next attempt. */
  putOwn(trace: TraceHeaders): Promise<void> {
    return this.put(this.#place.action, trace);
  }

  #uri(action: string): string {
    return `${this.#place.runBase}/${action}/trace`;
  }
}
