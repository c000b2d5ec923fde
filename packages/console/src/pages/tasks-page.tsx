import type { JSX } from "preact";
import { tasks } from "../api/clients.ts";
import { runChanges, runFeed } from "../live/run-changes.ts";
import { useData } from "../live/use-data.ts";
import { useFollow } from "../live/use-follow.ts";
import { ListTable } from "../parts/list-table.tsx";
import { Command, Empty, FailureNotice } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { PhaseSign } from "../parts/phase.tsx";
import { areApart, PlaceOf } from "../parts/place.tsx";
import { Text } from "../parts/text.tsx";
import { filterText, TextFilter } from "../parts/text-filter.tsx";
import { Ago, msOf } from "../parts/time.tsx";
import { pathOf } from "../route/names.ts";

/** All tasks that were deployed, and those that were run from a file. */
export function TasksPage(): JSX.Element {
  useFollow(runFeed, "runs");
  const { value, failure } = useData(
    (signal) => tasks.listTasks({ request: { limit: 1_000 } }, { signal }),
    String(runChanges.value),
  );
  const apart = areApart((value?.tasks ?? []).map(({ taskId }) => taskId));
  const part = filterText();
  const shown = value?.tasks.filter(({ taskId }) => (taskId?.name ?? "").toLowerCase().includes(part)) ?? [];
  return (
    <>
      <PageHead title="Tasks" />
      <TextFilter label="Filter tasks" />
      <FailureNotice failure={failure} />
      {value?.tasks.length === 0 ? (
        <Empty>
          There are no tasks yet. <Command text="appenv deploy FILE" />
        </Empty>
      ) : null}
      <ListTable label="Tasks" columns={["Task", "Latest run", "Version", "Deployed"]}>
        {shown.map(({ taskId, metadata, taskSummary }) => (
          <tr key={pathOf("tasks", taskId)}>
            <td>
              <a href={pathOf("tasks", taskId)}>
                <Text of={taskId?.name ?? ""} />
              </a>
              {metadata?.shortDescription ? (
                <span class="quiet block">
                  <Text of={metadata.shortDescription} />
                </span>
              ) : null}{" "}
              <PlaceOf of={taskId} isShown={apart} />
            </td>
            <td>
              {taskSummary?.latestRun === undefined ? null : (
                <>
                  <PhaseSign of={taskSummary.latestRun.phase} />{" "}
                  <a href={pathOf("runs", taskSummary.latestRun.runId)}>
                    <Ago at={msOf(taskSummary.latestRun.runTime)} />
                  </a>
                </>
              )}
            </td>
            <td class="version">
              <Text of={taskId?.version ?? ""} />
            </td>
            <td>
              <Ago at={msOf(metadata?.deployedAt)} />
            </td>
          </tr>
        ))}
      </ListTable>
    </>
  );
}
