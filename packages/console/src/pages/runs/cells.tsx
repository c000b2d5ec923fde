import type { JSX } from "preact";
import { actionPhaseName } from "@appenv/protocol/tasks";
import { Labels } from "../../parts/labels.tsx";
import { Phase } from "../../parts/phase.tsx";
import { taskOf } from "../../parts/run-row.tsx";
import { Text } from "../../parts/text.tsx";
import { Ago, exact, msOf, Took } from "../../parts/time.tsx";
import { pathOf } from "../../route/names.ts";
import { isTerminal } from "../run/phases.ts";
import type { FoundRun } from "./filters.ts";

/** A column of the list of runs. */
export type RunCell =
  | "phase"
  | "name"
  | "task"
  | "labels"
  | "trigger"
  | "error"
  | "started"
  | "ended"
  | "took"
  | "place";

interface Cell {
  readonly words: string;
  /** For CSS' grids. */
  readonly width: string;
  /** The class by which narrow pages leave it out. */
  readonly class: string;
  readonly show: (found: FoundRun) => JSX.Element | null;
}

/** The columns of the list of runs, in their order. */
export const runCells: Readonly<Record<RunCell, Cell>> = {
  phase: {
    words: "Phase",
    width: "10.5rem",
    class: "phase-cell",
    show: ({ run: { action } }) => <Phase of={action?.status?.phase} startsAt={msOf(action?.status?.startTime)} />,
  },
  name: {
    words: "Run",
    width: "minmax(9rem, 1.2fr)",
    class: "name",
    show: ({ run: { action } }) => (
      <a href={pathOf("runs", action?.id?.run)}>
        <Text of={action?.id?.run?.name ?? ""} />
      </a>
    ),
  },
  task: {
    words: "Task",
    width: "minmax(8rem, 1.4fr)",
    class: "task-cell",
    show: ({ run }) => <Text of={taskOf(run)} />,
  },
  labels: {
    words: "Labels",
    width: "minmax(0, 1.2fr)",
    class: "labels",
    show: ({ run: { labels } }) => <Labels of={labels} />,
  },
  trigger: {
    words: "Trigger",
    width: "minmax(0, 0.8fr)",
    class: "wide-only",
    show: ({ run: { action } }) => <Text of={action?.metadata?.triggerName ?? ""} />,
  },
  error: {
    words: "Error",
    width: "minmax(0, 1.8fr)",
    class: "error-cell",
    show: ({ error, run: { action } }) =>
      error === "" || !isTerminal(action?.status?.phase) ? null : (
        <span class={actionPhaseName(action?.status?.phase ?? 0) === "ABORTED" ? "quiet" : "bad"} title={error}>
          <Text of={error} />
        </span>
      ),
  },
  started: {
    words: "Started",
    width: "6.5rem",
    class: "when",
    show: ({ run: { action } }) => <Ago at={msOf(action?.status?.startTime)} />,
  },
  ended: {
    words: "Ended",
    width: "9.5rem",
    class: "wide-only",
    show: ({ run: { action } }) => {
      const at = isTerminal(action?.status?.phase) ? msOf(action?.status?.endTime) : undefined;
      return at === undefined ? null : <Text of={exact(at)} />;
    },
  },
  took: {
    words: "Took",
    width: "6rem",
    class: "took",
    show: ({ run: { action } }) => {
      const { phase, startTime, endTime } = action?.status ?? {};
      return <Took from={msOf(startTime)} to={isTerminal(phase) ? msOf(endTime) : undefined} />;
    },
  },
  place: {
    words: "Project",
    width: "minmax(0, 1fr)",
    class: "wide-only",
    show: ({ run: { action } }) => {
      const { project = "", domain = "" } = action?.id?.run ?? {};
      return <Text of={`${project}/${domain}`} />;
    },
  },
};
