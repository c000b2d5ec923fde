import { timeBucketEnds, type TaskTotals } from "@appenv/engine";
import type { Metric } from "./text.ts";

/** The metrics of tasks whose actions have run since the platform began. */
export function taskMetrics(totals: readonly TaskTotals[]): readonly Metric[] {
  return [
    byPhase(
      "actions_ended_total",
      "counter",
      "Actions that have ended, by their last phase.",
      totals,
      ({ ended }) => ended,
    ),
    {
      name: "appenv_task_attempts_total",
      help: "Attempts of actions that have ended, retries included.",
      type: "counter",
      samples: totals.map((task) => ({ labels: labelsOf(task), value: task.attempts })),
    },
    byPhase("actions", "gauge", "Actions that have not ended, by phase.", totals, ({ live }) => live),
    times("wait_seconds", "Time of an action before its first attempt.", totals, ({ waited }) => waited),
    times("duration_seconds", "Time of an action from its first attempt to its end.", totals, ({ ran }) => ran),
  ];
}

function labelsOf({ project, domain, task }: TaskTotals): Readonly<Record<string, string>> {
  return { project, domain, task };
}

function byPhase(
  name: string,
  type: "counter" | "gauge",
  help: string,
  totals: readonly TaskTotals[],
  read: (task: TaskTotals) => ReadonlyMap<string, number>,
): Metric {
  return {
    name: `appenv_task_${name}`,
    help,
    type,
    samples: totals.flatMap((task) =>
      [...read(task)].map(([phase, value]) => ({ labels: { ...labelsOf(task), phase }, value })),
    ),
  };
}

function times(
  name: string,
  help: string,
  totals: readonly TaskTotals[],
  read: (task: TaskTotals) => TaskTotals["ran"],
): Metric {
  return {
    name: `appenv_task_${name}`,
    help,
    type: "histogram",
    ends: timeBucketEnds,
    samples: totals.map((task) => ({ labels: labelsOf(task), ...read(task) })),
  };
}
