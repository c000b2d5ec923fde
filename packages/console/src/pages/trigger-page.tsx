import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { TriggerRevisionAction, type TriggerMessage } from "@appenv/protocol/tasks";
import { runs, triggers } from "../api/clients.ts";
import { plainValues } from "../api/values.ts";
import { runChanges, runFeed } from "../live/run-changes.ts";
import { useData } from "../live/use-data.ts";
import { useFollow } from "../live/use-follow.ts";
import { FailureNotice } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { RunList } from "../parts/run-list.tsx";
import { Text } from "../parts/text.tsx";
import { Ago, exact, msOf } from "../parts/time.tsx";
import { Values } from "../parts/values.tsx";
import { pathOf, type Name } from "../route/names.ts";
import { readQuery } from "../route/query.ts";
import { Backfills } from "./backfills.tsx";
import { FireButton } from "./trigger-fire.tsx";
import { firesNext, firingsOf, readFirings } from "./trigger-firings.ts";
import { ActiveSwitch, LastFiring } from "./trigger-row.tsx";
import { scheduleWords } from "./trigger-times.ts";

const shownNext = 5;

/** One trigger: when it fires, with which inputs, what it has started, and what was done to it. */
export function TriggerPage({ name }: { readonly name: Name }): JSX.Element {
  useFollow(runFeed, "runs");
  const again = useSignal(0);
  const task = readQuery("task");
  const { value, failure } = useData((signal) => readTrigger(name, task, signal), `${runChanges.value} ${again.value}`);
  return (
    <>
      <PageHead
        title={name.name}
        above={
          <>
            <a href="/v2/triggers">Triggers</a> / {name.project} / {name.domain}
          </>
        }
      >
        {value === undefined ? null : (
          <>
            <FireButton trigger={value.trigger} />
            <ActiveSwitch trigger={value.trigger} onChange={() => (again.value += 1)} />
          </>
        )}
      </PageHead>
      <FailureNotice failure={failure} />
      {value === undefined ? null : <Details {...value} changed={String(runChanges.value)} />}
    </>
  );
}

type Read = Awaited<ReturnType<typeof readTrigger>>;

function Details({
  trigger,
  firings,
  details,
  latest,
  history,
  changed,
}: Read & { readonly changed: string }): JSX.Element {
  const { id, automationSpec, active } = trigger;
  const inputs = details?.spec?.inputWrapper.case === "inputs" ? details.spec.inputWrapper.value.literals : [];
  return (
    <>
      <p class="facts">
        <span>{active ? "active" : "not active"}</span>
        <Text of={scheduleWords(automationSpec)} />
        <a href={pathOf("tasks", id?.name === undefined ? undefined : { ...id.name, name: id.name.taskName })}>
          <Text of={id?.name?.taskName ?? ""} />
        </a>
        <span>
          last fired: <LastFiring of={firings} />
        </span>
        {active ? (
          <span>
            fires next: <Ago at={firesNext(firings)} />
          </span>
        ) : null}
      </p>
      {details?.description ? (
        <p>
          <Text of={details.description} />
        </p>
      ) : null}
      {firings === undefined || firings.next.length === 0 ? null : (
        <section>
          <h2>Next firings</h2>
          <ol class="history">
            {firings.next.map((time) => (
              <li key={String(time.seconds)}>
                {exact(msOf(time) ?? 0)}{" "}
                <span class="quiet">
                  <Ago at={msOf(time)} />
                </span>
              </li>
            ))}
          </ol>
        </section>
      )}
      <section>
        <h2>Inputs</h2>
        {inputs.length === 0 ? <p class="quiet">None.</p> : <Values of={plainValues(inputs)} what="the inputs" />}
      </section>
      <section>
        <h2>Latest runs</h2>
        <RunList runs={latest} empty="It has not fired yet." />
      </section>
      <Backfills trigger={trigger} changed={changed} />
      <section>
        <h2>History</h2>
        <ol class="history">
          {history.map(({ id: of, action, createdAt }) => (
            <li key={String(of?.revision)}>
              {TriggerRevisionAction[action]?.toLowerCase()}{" "}
              <span class="quiet">
                <Ago at={msOf(createdAt)} />
              </span>
            </li>
          ))}
        </ol>
      </section>
    </>
  );
}

async function readTrigger(name: Name, task: string, signal: AbortSignal) {
  const { triggers: all } = await triggers.listTriggers(
    { request: { limit: 1_000 }, scopeBy: { case: "projectId", value: { name: name.project, domain: name.domain } } },
    { signal },
  );
  const trigger = all.find(({ id }) => id?.name?.name === name.name && (task === "" || id.name.taskName === task));
  if (trigger?.id?.name === undefined) throw new Error(`There is no trigger '${name.name}'.`);
  const id = trigger.id.name;
  const { project, domain, taskName } = id;
  const [{ trigger: details }, { runs: latest }, { triggers: history }, firings] = await Promise.all([
    triggers.getTriggerDetails({ name: id }, { signal }),
    runs.listRuns({ request: { limit: 10 }, scopeBy: { case: "triggerName", value: id } }, { signal }),
    triggers.getTriggerRevisionHistory({ name: id, request: { limit: 20 } }, { signal }),
    readFirings({ project, domain, task: taskName, name: id.name, next: shownNext }, signal),
  ]);
  return {
    trigger: trigger satisfies TriggerMessage,
    firings: firingsOf(firings, trigger),
    details,
    latest,
    history,
  };
}
