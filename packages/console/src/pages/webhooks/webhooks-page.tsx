import type { JSX } from "preact";
import type { DeliveryMessage } from "@appenv/protocol/tasks";
import { Choices } from "../../parts/choices.tsx";
import { Empty, FailureNotice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Text } from "../../parts/text.tsx";
import { Ago, duration, msOf } from "../../parts/time.tsx";
import { WindowTable } from "../../parts/window-table.tsx";
import { pathOf } from "../../route/names.ts";
import { readQuery, setQuery } from "../../route/query.ts";
import { deliveryPath, StartedRun, Status, Verified } from "./delivery-parts.tsx";
import { bytesText } from "./bytes-text.ts";
import { useDeliveries } from "./use-deliveries.ts";

const columns = ["Received", "App", "Source", "Event", "Signature", "Size", "Answer", "Took", "Run"];

const kinds = [
  ["", "All"],
  ["failed", "Failed"],
] as const;

/** Deliveries to webhooks, as they come. */
export function WebhooksPage(): JSX.Element {
  const filters = { app: readQuery("app"), source: readQuery("source"), failed: readQuery("only") === "failed" };
  return (
    <>
      <PageHead title="Webhooks" />
      <form class="filters" role="search" aria-label="Filter deliveries" onSubmit={(event) => event.preventDefault()}>
        <Choices
          label="Shown"
          of={kinds}
          chosen={filters.failed ? "failed" : ""}
          onChoose={(only) => setQuery({ only })}
        />
        <ExactField name="app" words="App" value={filters.app} />
        <ExactField name="source" words="Source" value={filters.source} />
      </form>
      <List key={JSON.stringify(filters)} filters={filters} />
    </>
  );
}

function ExactField({
  name,
  words,
  value,
}: {
  readonly name: string;
  readonly words: string;
  readonly value: string;
}): JSX.Element {
  return (
    <input
      type="search"
      aria-label={words}
      placeholder={words}
      defaultValue={value}
      spellcheck={false}
      onChange={(event) => setQuery({ [name]: event.currentTarget.value.trim() })}
    />
  );
}

function List({ filters }: { readonly filters: Parameters<typeof useDeliveries>[0] }): JSX.Element {
  const { deliveries, failure, more } = useDeliveries(filters);
  const isFiltered = filters.failed || filters.app !== "" || filters.source !== "";
  return (
    <>
      <FailureNotice failure={failure} />
      {deliveries?.length === 0 ? (
        <Empty>
          {isFiltered ? "No delivery meets these filters." : "No delivery came yet to a webhook of an app."}
        </Empty>
      ) : null}
      {deliveries?.length === 0 ? null : (
        <WindowTable
          label="Deliveries"
          kind="deliveries"
          columns={columns}
          items={deliveries}
          keyOf={({ id }) => id}
          onEnd={more}
          render={(delivery) => <Row of={delivery} />}
        />
      )}
    </>
  );
}

function Row({ of }: { readonly of: DeliveryMessage }): JSX.Element {
  const { project, domain, app, source, eventType, size, took } = of;
  return (
    <>
      <span role="cell" class="cell">
        <a href={deliveryPath(of.id)}>
          <Ago at={msOf(of.receivedAt)} />
        </a>
      </span>
      <span role="cell" class="cell">
        <a href={pathOf("apps", { project, domain, name: app })}>
          <Text of={app} />
        </a>
      </span>
      <span role="cell" class="cell">
        <Text of={source} />
      </span>
      <span role="cell" class="cell">
        <Text of={eventType} />
      </span>
      <span role="cell" class="cell" title={of.reason}>
        <Verified of={of} />
      </span>
      <span role="cell" class="cell number">
        {bytesText(size)}
      </span>
      <span role="cell" class="cell" title={of.reason}>
        <Status of={of} />
      </span>
      <span role="cell" class="cell number">
        {duration(Number(took?.seconds ?? 0) * 1_000 + (took?.nanos ?? 0) / 1e6)}
      </span>
      <span role="cell" class="cell">
        <StartedRun of={of} />
      </span>
    </>
  );
}
