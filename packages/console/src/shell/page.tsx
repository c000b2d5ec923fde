import type { JSX } from "preact";
import { AppPage } from "../pages/app/app-page.tsx";
import { AppsPage } from "../pages/apps/apps-page.tsx";
import { Overview } from "../pages/overview/overview.tsx";
import { RunPage } from "../pages/run/run-page.tsx";
import { RunsPage } from "../pages/runs/runs-page.tsx";
import { TaskPage } from "../pages/task/task-page.tsx";
import { TasksPage } from "../pages/tasks-page.tsx";
import { TriggerPage } from "../pages/trigger-page.tsx";
import { TriggersPage } from "../pages/triggers-page.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { pathOf } from "../route/names.ts";
import { route } from "../route/location.ts";
import { LazyPage } from "./lazy-page.tsx";

/** The page that the URL means. */
export function Page(): JSX.Element {
  const { value: current } = route;
  switch (current.page) {
    case "overview":
      return <Overview />;
    case "runs":
      return <RunsPage />;
    case "apps":
      return <AppsPage />;
    case "tasks":
      return <TasksPage />;
    case "triggers":
      return <TriggersPage />;
    case "webhooks":
      return (
        <LazyPage
          key="webhooks"
          load={async () => (await import("../pages/webhooks/webhooks-page.tsx")).WebhooksPage}
        />
      );
    case "events":
      return <LazyPage key="events" load={async () => (await import("../pages/events/events-page.tsx")).EventsPage} />;
    case "delivery":
      return (
        <LazyPage
          key={current.id}
          load={async () => {
            const { DeliveryPage } = await import("../pages/webhooks/delivery-page.tsx");
            return () => <DeliveryPage id={current.id} />;
          }}
        />
      );
    case "queues":
      return <LazyPage key="queues" load={async () => (await import("../pages/queues/queues-page.tsx")).QueuesPage} />;
    case "queue": {
      const { name } = current;
      return (
        <LazyPage
          key={pathOf("queues", name)}
          load={async () => {
            const { QueuePage } = await import("../pages/queues/queue-page.tsx");
            return () => <QueuePage name={name} />;
          }}
        />
      );
    }
    case "graph":
      return <LazyPage key="graph" load={async () => (await import("../pages/graph/graph-page.tsx")).GraphPage} />;
    case "keys":
      return <LazyPage key="keys" load={async () => (await import("../pages/keys/keys-page.tsx")).KeysPage} />;
    case "run":
      return <RunPage key={pathOf("runs", current.name)} name={current.name} action={current.action} />;
    case "app":
      return <AppPage key={pathOf("apps", current.name)} name={current.name} />;
    case "task":
      return <TaskPage key={pathOf("tasks", current.name)} name={current.name} />;
    case "trigger":
      return <TriggerPage key={pathOf("triggers", current.name)} name={current.name} />;
    case "nothing":
      return (
        <>
          <PageHead title="There is no such page" />
          <p>
            <a href="/">Overview</a>
          </p>
        </>
      );
  }
}
