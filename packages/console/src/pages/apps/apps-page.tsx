import type { JSX } from "preact";
import type { AppMessage, MetricsPointMessage } from "@appenv/protocol";
import { useAppLoads } from "../../live/app-loads.ts";
import { allApps, appKey } from "../../live/apps.ts";
import { Choices } from "../../parts/choices.tsx";
import { OutLink } from "../../parts/link.tsx";
import { Command, Empty } from "../../parts/notice.tsx";
import { memory, shortNumber } from "../../parts/numbers.ts";
import { PageHead } from "../../parts/page-head.tsx";
import { areApart, PlaceOf } from "../../parts/place.tsx";
import { AppPhase } from "../../parts/phase.tsx";
import { Text } from "../../parts/text.tsx";
import { TextFilter } from "../../parts/text-filter.tsx";
import { Ago, msOf } from "../../parts/time.tsx";
import { WindowTable } from "../../parts/window-table.tsx";
import { pathOf } from "../../route/names.ts";
import { readQuery, setQuery } from "../../route/query.ts";
import { conditionOf } from "../app/condition.ts";
import { filtered, phaseChoices } from "./app-filters.ts";

const columns = ["Phase", "App", "Replicas", "Requests/s", "p95", "Failed/s", "Memory", "Endpoint", "Changed"];

/** All apps with their load in the last minute. */
export function AppsPage(): JSX.Element {
  const { value: apps } = allApps;
  const loads = useAppLoads();
  const apart = areApart([...(apps?.values() ?? [])].map(({ metadata }) => metadata?.id));
  const shown = apps === undefined ? undefined : filtered(apps.values());
  return (
    <>
      <PageHead title="Apps" />
      <TextFilter label="Filter apps">
        <Choices
          label="Phase"
          of={phaseChoices}
          chosen={readQuery("phase")}
          onChoose={(phase) => setQuery({ phase })}
        />
      </TextFilter>
      {apps?.size === 0 ? (
        <Empty>
          There are no apps yet. <Command text="appenv serve FILE" />
        </Empty>
      ) : null}
      {shown?.length === 0 && apps?.size !== 0 ? <Empty>No app meets these filters.</Empty> : null}
      {shown?.length === 0 ? null : (
        <WindowTable
          label="Apps"
          kind="apps"
          columns={columns}
          items={shown}
          keyOf={appKey}
          render={(app) => <AppCells app={app} apart={apart} load={loads?.get(pathOf("apps", app.metadata?.id))} />}
        />
      )}
    </>
  );
}

function AppCells({
  app,
  apart,
  load,
}: {
  readonly app: AppMessage;
  /** True if its project and domain are shown. */
  readonly apart: boolean;
  readonly load: MetricsPointMessage | undefined;
}): JSX.Element {
  const { metadata, status, spec } = app;
  const failed = load?.responses?.serverErrors;
  return (
    <>
      <span role="cell" class="cell">
        <AppPhase of={conditionOf(app)?.deploymentStatus} />
      </span>
      <span role="cell" class="cell name">
        <a href={pathOf("apps", metadata?.id)}>
          <Text of={metadata?.id?.name ?? ""} />
        </a>{" "}
        <PlaceOf of={metadata?.id} isShown={apart} />
      </span>
      <span role="cell" class="cell wide-only">
        {status?.currentReplicas ?? 0} of {spec?.autoscaling?.replicas?.max ?? 1}
      </span>
      <span role="cell" class="cell">
        {shortNumber(load?.requests)}
      </span>
      <span role="cell" class="cell wide-only">
        {load?.p95Ms === undefined ? "–" : `${shortNumber(load.p95Ms)} ms`}
      </span>
      <span role="cell" class={`cell wide-only ${failed === undefined || failed === 0 ? "" : "bad"}`}>
        {shortNumber(failed)}
      </span>
      <span role="cell" class="cell wide-only">
        {memory(load?.memoryBytes)}
      </span>
      <span role="cell" class="cell wide-only">
        <OutLink url={status?.ingress?.publicUrl ?? ""} />
      </span>
      <span role="cell" class="cell wide-only">
        <Ago at={msOf(status?.lastUpdatedAt)} />
      </span>
    </>
  );
}
