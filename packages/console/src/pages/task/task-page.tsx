import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { runs, tasks, triggers } from "../../api/clients.ts";
import { runChanges, runFeed } from "../../live/run-changes.ts";
import { useData } from "../../live/use-data.ts";
import { useFollow } from "../../live/use-follow.ts";
import { FailureNotice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { RunList } from "../../parts/run-list.tsx";
import { Text } from "../../parts/text.tsx";
import { Ago, msOf } from "../../parts/time.tsx";
import { pathOf, type Name } from "../../route/names.ts";
import { QueueLink } from "../queues/queue-link.tsx";
import { StartForm } from "./start-form.tsx";
import { Variables } from "./variables.tsx";

/** One task: a form that starts it, its versions, its inputs and outputs, its triggers and its latest runs. */
export function TaskPage({ name }: { readonly name: Name }): JSX.Element {
  useFollow(runFeed, "runs");
  const chosen = useSignal("");
  const versions = useData((signal) => tasks.listVersions({ taskName: name, request: { limit: 50 } }, { signal }), "");
  const taskId = { ...name, version: chosen.value };
  const { value, failure } = useData((signal) => tasks.getTaskDetails({ taskId }, { signal }), chosen.value);
  const latest = useData(
    (signal) => runs.listRuns({ request: { limit: 10 }, scopeBy: { case: "taskName", value: name } }, { signal }),
    String(runChanges.value),
  );
  const planned = useData(
    (signal) => triggers.listTriggers({ scopeBy: { case: "taskName", value: name } }, { signal }),
    "",
  );
  const details = value?.details;
  const spec = details?.spec;
  return (
    <>
      <PageHead
        title={name.name}
        above={
          <>
            <a href="/v2/tasks">Tasks</a> / {name.project} / {name.domain}
          </>
        }
      />
      <FailureNotice failure={failure} />
      {spec?.documentation?.shortDescription ? (
        <p>
          <Text of={spec.documentation.shortDescription} />
        </p>
      ) : null}
      <p class="facts">
        <label>
          Version{" "}
          <select onInput={(event) => (chosen.value = event.currentTarget.value)}>
            <option value="">the latest</option>
            {versions.value?.versions.map(({ version }) => (
              <option key={version} value={version}>
                {version}
              </option>
            ))}
          </select>
        </label>
        <span>
          deployed <Ago at={msOf(details?.metadata?.deployedAt)} />
        </span>
        <QueueLink task={name} />
        {planned.value?.triggers.map(({ id }) => (
          <a key={id?.name?.name} href={pathOf("triggers", id?.name)}>
            trigger <Text of={id?.name?.name ?? ""} />
          </a>
        ))}
      </p>
      <div class="app-parts">
        <section>
          <h2>Start a run</h2>
          {spec === undefined || details?.taskId === undefined ? null : (
            <StartForm key={details.taskId.version} task={details.taskId} spec={spec} />
          )}
        </section>
        <div>
          <Variables title="Inputs" of={spec?.taskTemplate?.interface?.inputs?.variables ?? []} />
          <Variables title="Outputs" of={spec?.taskTemplate?.interface?.outputs?.variables ?? []} />
        </div>
      </div>
      <section>
        <h2>
          Latest runs <a href={`/v2/runs?task=${encodeURIComponent(name.name)}`}>All</a>
        </h2>
        <RunList runs={latest.value?.runs} empty="It has not run yet." />
      </section>
    </>
  );
}
