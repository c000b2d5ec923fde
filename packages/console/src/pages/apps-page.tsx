import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { AppMessage } from "@appenv/protocol";
import { allApps, appKey } from "../live/apps.ts";
import { ListTable } from "../parts/list-table.tsx";
import { OutLink } from "../parts/link.tsx";
import { Command, Empty } from "../parts/notice.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { AppPhase } from "../parts/phase.tsx";
import { Text } from "../parts/text.tsx";
import { Ago, msOf } from "../parts/time.tsx";
import { pathOf } from "../route/names.ts";
import { readQuery, setQuery } from "../route/query.ts";
import { useKeys } from "../shell/keys.ts";
import { conditionOf } from "./app/condition.ts";

/** All apps. */
export function AppsPage(): JSX.Element {
  const apps = allApps.value;
  const text = useSignal(readQuery("text"));
  const search = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => search.current?.focus() });
  const shown = [...(apps?.values() ?? [])].filter((app) =>
    appKey(app).toLowerCase().includes(text.value.toLowerCase()),
  );
  return (
    <>
      <PageHead title="Apps" />
      <form class="filters" role="search" aria-label="Filter apps" onSubmit={(event) => event.preventDefault()}>
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
      {apps?.size === 0 ? (
        <Empty>
          There are no apps yet. <Command text="appenv serve FILE" />
        </Empty>
      ) : null}
      <ListTable label="Apps">
        <thead>
          <tr>
            <th scope="col">Phase</th>
            <th scope="col">App</th>
            <th scope="col">Endpoint</th>
            <th scope="col">Replicas</th>
            <th scope="col">Revision</th>
            <th scope="col">Changed</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((app) => (
            <AppRow key={appKey(app)} app={app} />
          ))}
        </tbody>
      </ListTable>
    </>
  );
}

function AppRow({ app }: { readonly app: AppMessage }): JSX.Element {
  const { metadata, status, spec } = app;
  const condition = conditionOf(app);
  return (
    <tr>
      <td>
        <AppPhase of={condition?.deploymentStatus} />
      </td>
      <td>
        <a href={pathOf("apps", metadata?.id)}>
          <Text of={metadata?.id?.name ?? ""} />
        </a>
        <span class="quiet block">
          <Text of={`${metadata?.id?.project ?? ""}/${metadata?.id?.domain ?? ""}`} />
        </span>
      </td>
      <td>
        <OutLink url={status?.ingress?.publicUrl ?? ""} />
      </td>
      <td class="number">
        {status?.currentReplicas ?? 0} of {spec?.autoscaling?.replicas?.max ?? 1}
      </td>
      <td class="number">{String(metadata?.revision ?? "")}</td>
      <td>
        <Ago at={msOf(status?.lastUpdatedAt)} />
      </td>
    </tr>
  );
}
