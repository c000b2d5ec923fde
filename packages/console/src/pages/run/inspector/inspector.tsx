import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ActionDetails } from "@appenv/protocol/tasks";
import { runs } from "../../../api/clients.ts";
import type { LiveAction } from "../../../live/actions.ts";
import { useData } from "../../../live/use-data.ts";
import { ChangeButton } from "../../../parts/change-button.tsx";
import { FailureNotice } from "../../../parts/notice.tsx";
import { Phase } from "../../../parts/phase.tsx";
import { Text } from "../../../parts/text.tsx";
import { msOf, Took } from "../../../parts/time.tsx";
import { plainName, type Name } from "../../../route/names.ts";
import { abortAction } from "../abort.ts";
import { isTerminal } from "../phases.ts";
import { labelOf } from "../rows.ts";
import { ActionLog } from "./action-log.tsx";
import { Attempts } from "./attempts.tsx";
import { ConditionForm } from "./condition-form.tsx";
import { ErrorPart } from "./error-part.tsx";
import { Report } from "./report.tsx";
import { Data } from "./data.tsx";
import { Waiting } from "./waiting.tsx";

/** Everything about one action. */
export function Inspector({
  run,
  name,
  action,
  all,
}: {
  readonly run: Name;
  readonly name: string;
  /** Undefined if the run has no such action. */
  readonly action: LiveAction | undefined;
  readonly all: ReadonlyMap<string, LiveAction>;
}): JSX.Element {
  const tab = useSignal<"details" | "log" | "report">("details");
  const { status, metadata } = action?.message ?? {};
  const key = `${status?.phase} ${status?.attempts} ${status?.cacheStatus}`;
  const actionId = { run: plainName(run), name };
  const { value, failure } = useData((signal) => runs.getActionDetails({ actionId }, { signal }), key);
  const details = value?.details;
  if (action === undefined) return <FailureNotice failure={failure} />;
  const ended = isTerminal(status?.phase);
  const isTask = metadata?.spec.case === "task";
  const hasReport = details?.attempts.some(({ outputs }) => (outputs?.reportUri ?? "") !== "") ?? false;
  return (
    <>
      <header>
        <h2>
          <Text of={labelOf(action)} />
        </h2>
        <p class="facts">
          <Phase of={status?.phase} />
          <code>
            <Text of={name} />
          </code>
          <Took from={msOf(status?.startTime)} to={ended ? msOf(status?.endTime) : undefined} />
          {ended || name === "a0" ? null : (
            <ChangeButton class="small danger" onClick={() => void abortAction(run, name)}>
              Abort this action
            </ChangeButton>
          )}
        </p>
        <div class="choices" role="group" aria-label="Parts">
          {tabs(isTask, hasReport).map(([part, words]) => (
            <button key={part} type="button" aria-pressed={tab.value === part} onClick={() => (tab.value = part)}>
              {words}
            </button>
          ))}
        </div>
      </header>
      <FailureNotice failure={failure} />
      {tab.value === "log" ? <ActionLog run={run} name={name} details={details} /> : null}
      {tab.value === "report" ? <Report run={run} name={name} phase={status?.phase} /> : null}
      {tab.value === "details" ? <Details run={run} action={action} all={all} details={details} /> : null}
    </>
  );
}

function tabs(isTask: boolean, hasReport: boolean): readonly (readonly ["details" | "log" | "report", string])[] {
  return [
    ["details", "Details"],
    ...(isTask ? [["log", "Log"] as const] : []),
    ...(hasReport ? [["report", "Report"] as const] : []),
  ];
}

function Details({
  run,
  action,
  all,
  details,
}: {
  readonly run: Name;
  readonly action: LiveAction;
  readonly all: ReadonlyMap<string, LiveAction>;
  readonly details: ActionDetails | undefined;
}): JSX.Element {
  const { status } = action.message;
  return (
    <div class="details">
      {details?.spec.case === "condition" && !isTerminal(status?.phase) ? (
        <ConditionForm run={run} action={action} condition={details.spec.value} />
      ) : null}
      <Waiting action={action} all={all} />
      <ErrorPart details={details} />
      {details === undefined ? null : <Attempts details={details} />}
      <Data run={run} name={action.name} phase={status?.phase} />
    </div>
  );
}
