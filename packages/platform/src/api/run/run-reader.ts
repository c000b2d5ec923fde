import { AppEnvError } from "@appenv/core";
import type { ActionId, RunId } from "@appenv/protocol";
import type { ActionRecord, RunRecord, TaskEngine, TaskRegistry } from "@appenv/engine";
import type { ActionFeed } from "./action-feed.ts";
import { TaskLookup } from "../task/lookup.ts";

/** Reads runs and actions for the services; one that does not exist is an error. */
export class RunReader {
  readonly engine: TaskEngine;
  readonly registry: Pick<TaskRegistry, "get">;
  readonly feed: ActionFeed;

  constructor(engine: TaskEngine, registry: Pick<TaskRegistry, "get">, feed: ActionFeed) {
    this.engine = engine;
    this.registry = registry;
    this.feed = feed;
  }

  /** @throws AppEnvError NOT_FOUND. */
  run(id: RunId): RunRecord {
    const run = this.engine.getRun(id);
    if (run !== undefined) return run;
    throw new AppEnvError("NOT_FOUND", `There is no run '${id.run}' in ${id.project}/${id.domain}.`);
  }

  /** @throws AppEnvError NOT_FOUND. */
  action(id: ActionId): ActionRecord {
    const action = this.engine.getAction(id);
    if (action !== undefined) return action;
    throw new AppEnvError(
      "NOT_FOUND",
      `There is no action '${id.action}' in the run '${id.run}' of ${id.project}/${id.domain}.`,
    );
  }

  /** The run of an action if it is the run's first one, which alone tells what started it. */
  runOf(action: ActionRecord): RunRecord | undefined {
    return action.parent === undefined ? this.engine.getRun(action.id) : undefined;
  }

  /** Looks tasks up for one answer. */
  tasks(): TaskLookup {
    return new TaskLookup(this.registry);
  }
}
