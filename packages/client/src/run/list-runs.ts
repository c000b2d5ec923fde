import { fromBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import type { OptionNames } from "@appenv/core/internal";
import { type ActionMessage, actionPhase, Filter_Function, RunSchema, Sort_Direction } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { allPages } from "../control-plane/held.ts";
import { requirePlatform } from "../control-plane/require-platform.ts";
import { taskApi } from "./api.ts";
import { runSelectionNames, selectionMessage, type RunSelectionOptions } from "./control/selection.ts";

/** Options of a list of runs. */
export interface RunListOptions extends RunSelectionOptions {
  /** Only of this version of `task`. */
  readonly taskVersion?: string;
  /** Maximum number of items. Default 100. */
  readonly limit?: number;
}

/** The names of the options of a list of runs. */
export const runListOptionNames: OptionNames<RunListOptions> = {
  ...runSelectionNames,
  taskVersion: true,
  limit: true,
};

/** The first actions of runs, the newest first. @throws AppEnvError UNSUPPORTED, UNREACHABLE. */
export async function listRuns(controlPlane: ControlPlane, options: RunListOptions): Promise<readonly ActionMessage[]> {
  const { project, domain, embedded } = controlPlane;
  if (!embedded && Object.keys(options.labels ?? {}).length > 0) {
    throw new AppEnvError("UNSUPPORTED", "A Flyte cluster keeps the labels of a run, and cannot list runs by them.", {
      fix: "Leave out the labels; `appenv get run NAME` shows those of one run.",
    });
  }
  if (isOwnFilter(options)) return searchRuns(controlPlane, options);
  const scopeBy = scopeOf({ project, domain }, options);
  const filters = [...phaseFilters(options.phase), ...labelFilters(options.labels)];
  return allPages(options.limit ?? 100, async ({ limit, token }) => {
    const sortBy = { key: "created_at", direction: Sort_Direction.DESCENDING };
    const page = await taskApi(controlPlane).runs.listRuns({ request: { limit, token, sortBy, filters }, scopeBy });
    return { items: page.runs.flatMap(({ action }) => (action === undefined ? [] : [action])), token: page.token };
  });
}

function isOwnFilter({ trigger, createdFrom, createdBefore, text }: RunListOptions): boolean {
  return [trigger, createdFrom, createdBefore, text].some((value) => value !== undefined);
}

/** By what Flyte's lists of runs have no filter for. */
function searchRuns(controlPlane: ControlPlane, options: RunListOptions): Promise<readonly ActionMessage[]> {
  const what = "Lists of runs by trigger, by the time of their creation or by text";
  requirePlatform(controlPlane, what, "Filter by task and phase.");
  if (options.taskVersion !== undefined) {
    throw new AppEnvError("UNSUPPORTED", `${what} know no version of a task.`, { fix: "Leave out the version." });
  }
  const selection = selectionMessage(controlPlane, options);
  return allPages(options.limit ?? 100, async ({ limit, token: from }) => {
    for (let token = from; ;) {
      const page = await taskApi(controlPlane).control.searchRuns({ selection, limit, token });
      const found = page.runs.map(({ run }) => fromBinary(RunSchema, run).action);
      // A page of a search for text may be empty, and not the last.
      if (found.length > 0 || page.token === "") {
        return { items: found.filter((action) => action !== undefined), token: page.token };
      }
      token = page.token;
    }
  });
}

function scopeOf({ project, domain }: Pick<ControlPlane, "project" | "domain">, { task, taskVersion }: RunListOptions) {
  if (task === undefined) return { case: "projectId", value: { name: project, domain } } as const;
  if (taskVersion === undefined) return { case: "taskName", value: { project, domain, name: task } } as const;
  return { case: "taskId", value: { project, domain, name: task, version: taskVersion } } as const;
}

interface FilterInit {
  readonly function: Filter_Function;
  readonly field: string;
  readonly values: string[];
}

function labelFilters(labels: RunListOptions["labels"] = {}): FilterInit[] {
  return Object.entries(labels).map(([key, value]) => ({
    function: Filter_Function.EQUAL,
    field: `labels.${key}`,
    values: [value],
  }));
}

function phaseFilters(phase: RunListOptions["phase"]): FilterInit[] {
  if (phase === undefined) return [];
  const values = [phase].flat().map((name) => String(actionPhase(name)));
  return [{ function: Filter_Function.VALUE_IN, field: "phase", values }];
}
