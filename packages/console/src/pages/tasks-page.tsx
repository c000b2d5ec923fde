import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { tasks } from "../api/clients.ts";
import { useData } from "../live/use-data.ts";
import { ListTable } from "../parts/list-table.tsx";
import { Command, Empty, FailureNotice } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { PhaseSign } from "../parts/phase.tsx";
import { Text } from "../parts/text.tsx";
import { Ago, msOf } from "../parts/time.tsx";
import { pathOf } from "../route/names.ts";
import { readQuery, setQuery } from "../route/query.ts";
import { useKeys } from "../shell/keys.ts";

/** All tasks that were deployed, and those that were run from a file. */
export function TasksPage(): JSX.Element {
  const { value, failure } = useData((signal) => tasks.listTasks({ request: { limit: 1_000 } }, { signal }), "");
  const text = useSignal(readQuery("text"));
  const search = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => search.current?.focus() });
  const part = text.value.toLowerCase();
  const shown = value?.tasks.filter(({ taskId }) => (taskId?.name ?? "").toLowerCase().includes(part)) ?? [];
  return (
    <>
      <PageHead title="Tasks" />
      <form class="filters" role="search" aria-label="Filter tasks" onSubmit={(event) => event.preventDefault()}>
        <input
          ref={search}
          type="search"
          aria-label="Name contains"
          placeholder="Name contains"
          defaultValue={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            setQuery({ text: text.value });
          }}
        />
      </form>
      <FailureNotice failure={failure} />
      {value?.tasks.length === 0 ? (
        <Empty>
          There are no tasks yet. <Command text="appenv deploy FILE" />
        </Empty>
      ) : null}
      <ListTable label="Tasks">
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Latest run</th>
            <th scope="col">Version</th>
            <th scope="col">Deployed</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ taskId, metadata, taskSummary }) => (
            <tr key={pathOf("tasks", taskId)}>
              <td>
                <a href={pathOf("tasks", taskId)}>
                  <Text of={taskId?.name ?? ""} />
                </a>
                <span class="quiet block">
                  <Text of={metadata?.shortDescription || `${taskId?.project ?? ""}/${taskId?.domain ?? ""}`} />
                </span>
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
        </tbody>
      </ListTable>
    </>
  );
}
