import type { JSX } from "preact";
import { Filter_Function } from "@appenv/protocol";
import { ActionPhaseNumber, type ActionDetails, type RunMessage } from "@appenv/protocol/tasks";
import { runs as client } from "../../api/clients.ts";
import { useData } from "../../live/use-data.ts";
import { FailureNotice } from "../../parts/notice.tsx";
import { taskOf } from "../../parts/run-row.tsx";
import { Text } from "../../parts/text.tsx";
import { Ago, msOf } from "../../parts/time.tsx";
import { actionPath, plainName, runKey } from "../../route/names.ts";
import { ConditionForm } from "../run/inspector/condition-form.tsx";

const shownRuns = 10;
const shownQuestions = 5;

/** The questions of runs to a person, to be answered here. */
export function Questions({ runs }: { readonly runs: readonly RunMessage[] }): JSX.Element {
  return (
    <ul class="questions">
      {runs.slice(0, shownRuns).map((run) => (
        <li key={runKey(run.action?.id?.run)}>
          <QuestionsOf run={run} />
        </li>
      ))}
    </ul>
  );
}

function QuestionsOf({ run }: { readonly run: RunMessage }): JSX.Element {
  const id = plainName(run.action?.id?.run);
  const { value, failure } = useData((signal) => readQuestions(run, signal), String(run.action?.status?.phase));
  return (
    <>
      <FailureNotice failure={failure} />
      {value?.map((details) => (
        <div key={details.id?.name}>
          <p class="facts">
            <a href={actionPath(id, details.id?.name ?? "")}>
              <Text of={id.name} />
            </a>
            <Text of={taskOf(run)} />
            <span>
              asked <Ago at={msOf(details.status?.startTime)} />
            </span>
          </p>
          {details.spec.case === "condition" && details.id !== undefined ? (
            <ConditionForm
              run={id}
              action={{ name: details.id.name, parent: details.metadata?.parent ?? "" }}
              condition={details.spec.value}
            />
          ) : null}
        </div>
      ))}
    </>
  );
}

async function readQuestions(run: RunMessage, signal: AbortSignal): Promise<readonly ActionDetails[]> {
  const runId = plainName(run.action?.id?.run);
  const filters = [{ field: "phase", function: Filter_Function.EQUAL, values: [String(ActionPhaseNumber.PAUSED)] }];
  const { actions } = await client.listActions({ runId, request: { limit: shownQuestions, filters } }, { signal });
  const found = await Promise.all(
    actions.map(({ id }) => client.getActionDetails({ actionId: { run: runId, name: id?.name ?? "" } }, { signal })),
  );
  return found.flatMap(({ details }) => (details?.spec.case === "condition" ? [details] : []));
}
