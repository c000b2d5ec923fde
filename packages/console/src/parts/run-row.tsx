import type { JSX } from "preact";
import type { RunMessage } from "@appenv/protocol/tasks";
import { pathOf } from "../route/names.ts";
import { isTerminal } from "../pages/run/phases.ts";
import { Labels } from "./labels.tsx";
import { Phase } from "./phase.tsx";
import { Text } from "./text.tsx";
import { Ago, msOf, Took } from "./time.tsx";

/** The task of a run, by the name that people know it by. */
export function taskOf({ action }: RunMessage): string {
  const spec = action?.metadata?.spec;
  return (spec?.case === "task" ? spec.value.id?.name : undefined) ?? action?.metadata?.funtionName ?? "";
}

/** A run in a list. */
export function RunRow({ run }: { readonly run: RunMessage }): JSX.Element {
  const { id, status, metadata } = run.action ?? {};
  const end = isTerminal(status?.phase) ? msOf(status?.endTime) : undefined;
  return (
    <>
      <span role="cell" class="cell phase-cell">
        <Phase of={status?.phase} startsAt={msOf(status?.startTime)} />
      </span>
      <span role="cell" class="cell name">
        <a href={pathOf("runs", id?.run)}>
          <Text of={id?.run?.name ?? ""} />
        </a>
      </span>
      <span role="cell" class="cell task-cell">
        <Text of={taskOf(run)} />
        {metadata?.triggerName ? (
          <span class="quiet">
            {" "}
            by <Text of={metadata.triggerName} />
          </span>
        ) : null}
      </span>
      <span role="cell" class="cell labels">
        <Labels of={run.labels} />
      </span>
      <span role="cell" class="cell when">
        <Ago at={msOf(status?.startTime)} />
      </span>
      <span role="cell" class="cell took">
        <Took from={msOf(status?.startTime)} to={end} />
      </span>
    </>
  );
}

/** The names of its columns. */
export const runColumns: readonly string[] = ["Phase", "Run", "Task", "Labels", "Started", "Took"];
