import type { JSX } from "preact";
import {
  Spec_DesiredState,
  Status_DeploymentStatus,
  type AppMessage,
  type ReplicaReportMessage,
} from "@appenv/protocol";
import { apps } from "../../api/clients.ts";
import { allApps } from "../../live/apps.ts";
import { Choices } from "../../parts/choices.tsx";
import { ChangeButton } from "../../parts/change-button.tsx";
import { confirm } from "../../parts/dialog.tsx";
import { OutLink } from "../../parts/link.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { AppPhase } from "../../parts/phase.tsx";
import { Text } from "../../parts/text.tsx";
import { Ago, msOf } from "../../parts/time.tsx";
import { attempt } from "../../parts/toast.tsx";
import { plainName, type Name } from "../../route/names.ts";
import { readQuery, setQuery } from "../../route/query.ts";
import { AppLog } from "./log/app-log.tsx";
import { conditionOf } from "./condition.ts";
import { History } from "./history.tsx";
import { Load } from "./load/load.tsx";
import { Replicas } from "./replicas.tsx";
import { Requests } from "./requests/requests.tsx";
import { Revisions } from "./revisions.tsx";
import { AppSpec } from "./spec.tsx";
import { useReport } from "./use-report.ts";
import { Why } from "./why.tsx";

/** One app: how it stands and why, its revisions, its log, and what it was made of. */
export function AppPage({ name }: { readonly name: Name }): JSX.Element {
  const key = [name.domain, name.project, name.name].map(encodeURIComponent).join("/");
  const app = allApps.value?.get(key);
  const report = useReport(name, app !== undefined);
  const above = (
    <>
      <a href="/v2/apps">Apps</a> / {name.project} / {name.domain}
    </>
  );
  if (app === undefined) {
    return (
      <>
        <PageHead title={name.name} above={above} />
        {allApps.value === undefined ? null : <p class="empty">There is no such app.</p>}
      </>
    );
  }
  const stopped = app.spec?.desiredState === Spec_DesiredState.STOPPED;
  return (
    <>
      <PageHead title={name.name} above={above}>
        {stopped ? (
          <ChangeButton class="main" onClick={() => void setState(app, Spec_DesiredState.ACTIVE)}>
            Activate
          </ChangeButton>
        ) : (
          <ChangeButton class="danger" onClick={() => void setState(app, Spec_DesiredState.STOPPED)}>
            Deactivate
          </ChangeButton>
        )}
      </PageHead>
      <State app={app} />
      <Why reasons={report?.reasons ?? []} />
      <Choices label="View" of={views} chosen={readQuery("view")} onChoose={(view) => setQuery({ view })} />
      {readQuery("view") === "requests" ? (
        <Requests
          app={name}
          endpoint={app.status?.ingress?.publicUrl ?? ""}
          needsKey={app.spec?.securityContext?.allowAnonymous !== true}
        />
      ) : (
        <Overview name={name} app={app} report={report} />
      )}
    </>
  );
}

const views = [
  ["", "Overview"],
  ["requests", "Requests"],
] as const;

function Overview({
  name,
  app,
  report,
}: {
  readonly name: Name;
  readonly app: AppMessage;
  readonly report: ReplicaReportMessage | undefined;
}): JSX.Element {
  return (
    <>
      <Load app={name} />
      <div class="app-parts">
        <div>
          <Replicas report={report} />
          <Revisions
            app={name}
            changed={`${app.metadata?.revision} ${conditionOf(app)?.deploymentStatus} ${app.status?.currentReplicas}`}
          />
        </div>
        <div>
          <History app={app} />
          <AppSpec app={app} />
        </div>
      </div>
      <section aria-label="Log">
        <h2>Log</h2>
        <AppLog app={name} />
      </section>
    </>
  );
}

function State({ app }: { readonly app: AppMessage }): JSX.Element {
  const condition = conditionOf(app);
  const { status, spec } = app;
  const bad = condition?.deploymentStatus === Status_DeploymentStatus.FAILED;
  return (
    <>
      <p class="facts" aria-live="polite">
        <AppPhase of={condition?.deploymentStatus} />
        <OutLink url={status?.ingress?.publicUrl ?? ""} />
        <span>
          {status?.currentReplicas ?? 0} of at most {spec?.autoscaling?.replicas?.max ?? 1} replicas ready
        </span>
        <span>
          changed <Ago at={msOf(status?.lastUpdatedAt)} />
        </span>
        {spec?.links.map(({ path, title, isRelative }) => (
          <OutLink key={path} url={isRelative ? joined(status?.ingress?.publicUrl ?? "", path) : path}>
            <Text of={title} />
          </OutLink>
        ))}
      </p>
      {condition?.message ? (
        <p class={bad ? "notice bad" : "notice"} role={bad ? "alert" : undefined}>
          <Text of={condition.message} />
        </p>
      ) : null}
    </>
  );
}

function joined(endpoint: string, path: string): string {
  return `${endpoint.replace(/\/$/, "")}/${path.replace(/^\//, "")}`;
}

/** Starts or stops an app. The definition that is sent again is the newest. */
async function setState(app: AppMessage, desiredState: Spec_DesiredState): Promise<void> {
  const id = plainName(app.metadata?.id);
  const stops = desiredState === Spec_DesiredState.STOPPED;
  if (
    stops &&
    !(await confirm(`Deactivate ${id.name}?`, "It answers no more requests until it is activated.", "Deactivate"))
  ) {
    return;
  }
  await attempt(
    async () => {
      const { app: latest } = await apps.get({ identifier: { case: "appId", value: id } });
      if (latest?.spec === undefined) throw new Error(`'${id.name}' has no definition.`);
      const changed = { ...latest, spec: { ...latest.spec, desiredState } };
      await apps.update({ app: changed, reason: stops ? "deactivated" : "activated" });
    },
    stops ? `Deactivated ${id.name}.` : `Activated ${id.name}.`,
  );
}
