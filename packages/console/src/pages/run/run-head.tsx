import type { JSX } from "preact";
import { RelationType, type ActionMessage, type RunDetails } from "@appenv/protocol/tasks";
import { ChangeButton } from "../../parts/change-button.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Phase, phaseLook } from "../../parts/phase.tsx";
import { Text } from "../../parts/text.tsx";
import { Ago, msOf, Took } from "../../parts/time.tsx";
import { actionPath, pathOf, plainName, type Name } from "../../route/names.ts";
import { abortRun } from "./abort.ts";
import { isTerminal } from "./phases.ts";

/** The head of a run: what it is, how it stands, and what can be done with it. */
export function RunHead({
  name,
  root,
  details,
  onRerun,
}: {
  readonly name: Name;
  readonly root: ActionMessage | undefined;
  readonly details: RunDetails | undefined;
  readonly onRerun: () => void;
}): JSX.Element {
  const { status, metadata } = root ?? {};
  const task = metadata?.spec.case === "task" ? metadata.spec.value.id : undefined;
  const ended = isTerminal(status?.phase);
  return (
    <>
      <PageHead
        title={name.name}
        sign={status === undefined ? "" : phaseLook(status.phase).sign}
        above={
          <>
            <a href="/v2/runs">Runs</a> / {name.project} / {name.domain}
          </>
        }
      >
        <ChangeButton onClick={onRerun} title="Key: r">
          Rerun
        </ChangeButton>
        <ChangeButton
          class="danger"
          disabled={ended || status === undefined}
          title="Key: x"
          onClick={() => void abortRun(plainName(name), status?.phase)}
        >
          Abort
        </ChangeButton>
      </PageHead>
      <p class="facts" aria-live="polite">
        {status === undefined ? (
          <span class="phase quiet">…</span>
        ) : (
          <Phase of={status.phase} startsAt={msOf(status.startTime)} />
        )}
        {task === undefined ? null : (
          <a href={pathOf("tasks", task)}>
            <Text of={task.name} />
          </a>
        )}
        <span>
          started <Ago at={msOf(status?.startTime)} />
        </span>
        <span>
          {ended ? "took" : "for"}{" "}
          <Took from={msOf(status?.startTime)} to={ended ? msOf(status?.endTime) : undefined} />
        </span>
        <StartedBy name={name} metadata={metadata} from={details?.runSpec?.recover?.forceRerunActions ?? []} />
        {Object.entries(details?.runSpec?.labels?.values ?? {}).map(([key, value]) => (
          <a key={key} class="label" href={`/v2/runs?label=${encodeURIComponent(`${key}=${value}`)}`}>
            <Text of={`${key}=${value}`} />
          </a>
        ))}
      </p>
    </>
  );
}

function StartedBy({
  name,
  metadata,
  from,
}: {
  readonly name: Name;
  readonly metadata: ActionMessage["metadata"];
  /** The actions of the other run from which it runs again. */
  readonly from: readonly string[];
}): JSX.Element | null {
  const related = metadata?.relation?.relatedTo;
  if (related !== undefined) {
    const recovers = metadata?.relation?.relationType === RelationType.RECOVER;
    const [first] = from;
    return (
      <span>
        {recovers && first === undefined ? "recovers " : "reruns "}
        <a href={first === undefined ? pathOf("runs", related) : actionPath(related, first)}>
          <Text of={related.name} />
        </a>
        {first === undefined ? "" : " from an action on"}
      </span>
    );
  }
  if (metadata?.triggerName === undefined || metadata.triggerName === "") return null;
  return (
    <span>
      by{" "}
      <a href={pathOf("triggers", { ...name, name: metadata.triggerName })}>
        <Text of={metadata.triggerName} />
      </a>
    </span>
  );
}
