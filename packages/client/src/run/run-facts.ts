import type { RunPhase } from "@appenv/core";
import type { TaskInterface } from "@appenv/core/internal";
import type { ActionId, RunId } from "@appenv/protocol";
import { type ActionDetails, type ActionMessage, fromRunIdentifier } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { type ActionInfo, readAction } from "./action.ts";

/** Facts about a run that its first action does not tell. */
export interface RunKnown {
  readonly interface?: TaskInterface;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The name of the first action of every run. */
export const root = "a0";

/** A run as it was last read. */
export class RunFacts {
  // Private, so that nobody who prints a run prints a connection.
  readonly #controlPlane: ControlPlane;
  readonly #interface: TaskInterface | undefined;
  readonly #id: RunId;
  /** Its labels; undefined in a list of runs, which does not say. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  #root: ActionInfo;

  /** @internal Runs come from `run`, `Run.get` and `Run.list`. */
  constructor(controlPlane: ControlPlane, message: ActionMessage | ActionDetails, known: RunKnown = {}) {
    this.#controlPlane = controlPlane;
    this.#interface = known.interface;
    this.labels = known.labels;
    this.#id = fromRunIdentifier(message.id?.run);
    this.#root = readAction(message);
  }

  /** @internal */
  protected get controlPlane(): ControlPlane {
    return this.#controlPlane;
  }

  /** @internal */
  protected get interface(): TaskInterface | undefined {
    return this.#interface;
  }

  /** @internal Its first action, as it was last read. */
  protected get root(): ActionInfo {
    return this.#root;
  }

  protected set root(action: ActionInfo) {
    this.#root = action;
  }

  /** Its identity. */
  get id(): RunId {
    return this.#id;
  }

  /** The run's name. */
  get name(): string {
    return this.#id.run;
  }

  /** Its page in the console; empty if there is none. */
  get url(): string {
    const { project, domain, run } = this.#id;
    return this.#controlPlane.consolePage({ project, domain, name: run }, "runs");
  }

  /** As it was last read. */
  get phase(): RunPhase {
    return this.#root.phase;
  }

  /** The task it runs: `environment.task`, and its version. */
  get task(): { readonly name: string; readonly version: string } {
    return { name: this.#root.task, version: this.#root.version ?? "" };
  }

  /** The time at which it begins, while that is to come; undefined otherwise. */
  get scheduledAt(): Date | undefined {
    const { phase, startedAt } = this.root;
    // The platform tells the planned start of a run that has not begun.
    return phase === "QUEUED" && startedAt !== undefined && startedAt.getTime() > Date.now() ? startedAt : undefined;
  }

  /** The time of its start. */
  get startedAt(): Date | undefined {
    return this.#root.startedAt;
  }

  /** The time of its end; undefined before. */
  get endedAt(): Date | undefined {
    return this.#root.endedAt;
  }

  /** The reason why it did not succeed; undefined also in a list of runs, which does not say. */
  get failure(): ActionInfo["failure"] {
    return this.#root.failure;
  }

  /** @internal */
  protected actionId(action: string): ActionId {
    return { ...this.#id, action };
  }
}
