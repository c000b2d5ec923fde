import type { JSX } from "preact";
import { Status_DeploymentStatus, type AppMessage } from "@appenv/protocol";
import { allApps } from "../../live/apps.ts";
import { runFeed } from "../../live/run-changes.ts";
import { useFollow } from "../../live/use-follow.ts";
import { Command, FailureNotice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { RunChart } from "../../parts/run-chart.tsx";
import { RunList } from "../../parts/run-list.tsx";
import { go } from "../../route/location.ts";
import { conditionOf } from "../app/condition.ts";
import { AppCards } from "./app-cards.tsx";
import { Firings } from "./firings.tsx";
import { useOverview, type OverviewData } from "./overview-data.ts";
import { Questions } from "./questions.tsx";

/** What runs, what failed lately, what waits for a person, and what comes next. */
export function Overview(): JSX.Element {
  useFollow(runFeed, "runs");
  const { value, failure } = useOverview();
  const apps = [...(allApps.value?.values() ?? [])];
  const isEmpty =
    allApps.value !== undefined && apps.length === 0 && value?.newest.length === 0 && value.triggers.length === 0;
  if (isEmpty) return <Start />;
  const active = apps.filter((app) => conditionOf(app)?.deploymentStatus === Status_DeploymentStatus.ACTIVE);
  return (
    <>
      <PageHead title="Overview" />
      <FailureNotice failure={failure} />
      <Counters value={value} apps={allApps.value === undefined ? undefined : `${active.length} of ${apps.length}`} />
      {value === undefined ? null : <RunChart onChoose={showRuns} />}
      {value === undefined || value.waiting.length === 0 ? null : (
        <section>
          <h2>Waits for a person</h2>
          <Questions runs={value.waiting} />
        </section>
      )}
      {value === undefined || value.failed.length === 0 ? null : (
        <section>
          <h2>
            Failed lately <a href="/v2/runs?phase=failed">All</a>
          </h2>
          <RunList runs={value.failed} empty="" />
        </section>
      )}
      {value === undefined ? null : <Rest value={value} apps={apps} />}
    </>
  );
}

/** Goes to the runs of a span of time. */
function showRuns(from: string, to: string): void {
  go(`/v2/runs?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`);
}

/** It is shown once all is known, so that nothing moves down while one reads. */
function Rest({ value, apps }: { readonly value: OverviewData; readonly apps: readonly AppMessage[] }): JSX.Element {
  return (
    <>
      <section>
        <h2>
          Newest runs <a href="/v2/runs">All</a>
        </h2>
        <RunList runs={value.newest} empty="No run yet." />
      </section>
      <div class="app-parts">
        <section>
          <h2>
            Apps <a href="/v2/apps">All</a>
          </h2>
          <AppCards apps={apps} />
        </section>
        <section>
          <h2>
            Next firings <a href="/v2/triggers">All</a>
          </h2>
          <Firings triggers={value.triggers} />
        </section>
      </div>
    </>
  );
}

function Start(): JSX.Element {
  return (
    <>
      <PageHead title="Overview" />
      <div class="start">
        <p>Nothing runs here yet. Three commands to begin with:</p>
        <dl>
          <dt>Serve an app</dt>
          <dd>
            <Command text="appenv serve FILE" />
          </dd>
          <dt>Run a task</dt>
          <dd>
            <Command text="appenv run FILE TASK" />
          </dd>
          <dt>Deploy tasks and their triggers</dt>
          <dd>
            <Command text="appenv deploy FILE" />
          </dd>
        </dl>
        <p class="quiet">This page shows them as soon as they are there.</p>
      </div>
    </>
  );
}

function Counters({
  value,
  apps,
}: {
  readonly value: OverviewData | undefined;
  readonly apps: string | undefined;
}): JSX.Element {
  const counters = [
    { words: "apps active", count: apps, href: "/v2/apps", tone: "" },
    { words: "runs going on", count: value?.running, href: "/v2/runs?phase=running", tone: "" },
    { words: "wait for a person", count: value?.waitingCount, href: "/v2/runs?phase=waiting", tone: "waits" },
    { words: "failed in 24 hours", count: value?.failedCount, href: "/v2/runs?phase=failed", tone: "bad" },
  ];
  return (
    <ul class="counters">
      {counters.map(({ words, count, href, tone }) => (
        <li key={words}>
          <a href={href} class={count === "0" ? "" : tone}>
            <strong>{count ?? "–"}</strong>
            <span>{words}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
