import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ActionDetails } from "@appenv/protocol/tasks";
import { runs } from "../../../api/clients.ts";
import type { ActionTree, LiveAction } from "../../../live/action-tree.ts";
import { useData } from "../../../live/use-data.ts";
import { FailureNotice } from "../../../parts/notice.tsx";
import { plainName, type Name } from "../../../route/names.ts";
import { isTerminal } from "../phases.ts";
import { ActionLog } from "./action-log.tsx";
import { AnsweredBy } from "./answered-by.tsx";
import { Attempts } from "./attempts.tsx";
import { ConditionForm } from "./condition-form.tsx";
import { Data } from "./data.tsx";
import { ErrorPart } from "./error-part.tsx";
import { Failures } from "./failures.tsx";
import { InspectorHead } from "./inspector-head.tsx";
import { Progress } from "./progress.tsx";
import { Report } from "./report.tsx";
import { Streams, useStreamNames } from "./streams.tsx";
import { Waiting } from "./waiting.tsx";

type Part = "details" | "log" | "streams" | "report";

/** Everything about one action. */
export function Inspector({
  run,
  name,
  action,
  tree,
  choose,
}: {
  readonly run: Name;
  readonly name: string;
  /** Undefined if the run has no such action. */
  readonly action: LiveAction | undefined;
  readonly tree: ActionTree;
  /** Goes to another action. */
  readonly choose: (name: string) => void;
}): JSX.Element {
  const tab = useSignal<Part>("details");
  const key = `${action?.phase} ${action?.attempts} ${action?.isCached}`;
  const actionId = { run: plainName(run), name };
  const { value, failure } = useData((signal) => runs.getActionDetails({ actionId }, { signal }), key);
  const details = value?.details;
  const streamNames = useStreamNames(run, action);
  if (action === undefined) return <FailureNotice failure={failure} />;
  const hasReport = details?.attempts.some(({ outputs }) => (outputs?.reportUri ?? "") !== "") ?? false;
  return (
    <>
      <InspectorHead run={run} action={action} tree={tree} choose={choose}>
        <div class="choices" role="group" aria-label="Parts">
          {tabs(action.kind === "task", streamNames.length > 0, hasReport).map(([part, words]) => (
            <button key={part} type="button" aria-pressed={tab.value === part} onClick={() => (tab.value = part)}>
              {words}
            </button>
          ))}
        </div>
      </InspectorHead>
      <FailureNotice failure={failure} />
      {tab.value === "log" ? <ActionLog run={run} name={name} details={details} /> : null}
      {tab.value === "streams" ? <Streams run={run} names={streamNames} /> : null}
      {tab.value === "report" ? <Report run={run} name={name} phase={action.phase} /> : null}
      {tab.value === "details" ? (
        <Details run={run} action={action} tree={tree} details={details} choose={choose} />
      ) : null}
    </>
  );
}

function tabs(isTask: boolean, hasStreams: boolean, hasReport: boolean): readonly (readonly [Part, string])[] {
  return [
    ["details", "Details"],
    ...(isTask ? [["log", "Log"] as const] : []),
    ...(hasStreams ? [["streams", "Streams"] as const] : []),
    ...(hasReport ? [["report", "Report"] as const] : []),
  ];
}

function Details({
  run,
  action,
  tree,
  details,
  choose,
}: {
  readonly run: Name;
  readonly action: LiveAction;
  readonly tree: ActionTree;
  readonly details: ActionDetails | undefined;
  readonly choose: (name: string) => void;
}): JSX.Element {
  return (
    <div class="details">
      {details?.spec.case === "condition" && !isTerminal(action.phase) ? (
        <ConditionForm run={run} action={action} condition={details.spec.value} />
      ) : null}
      <AnsweredBy details={details} />
      <Waiting run={run} action={action} tree={tree} />
      {action.kind === "task" ? <Progress run={run} action={action.name} /> : null}
      <ErrorPart details={details} />
      <Failures action={action} tree={tree} choose={choose} />
      {details === undefined ? null : <Attempts details={details} />}
      <Data run={run} name={action.name} phase={action.phase} />
    </div>
  );
}
