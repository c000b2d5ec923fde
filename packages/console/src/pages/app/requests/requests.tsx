import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { appRequests } from "../../../api/clients.ts";
import { mayChange, viewerReason } from "../../../api/session.ts";
import { useData } from "../../../live/use-data.ts";
import { OutLink } from "../../../parts/link.tsx";
import { FailureNotice } from "../../../parts/notice.tsx";
import type { Name } from "../../../route/names.ts";
import { channelsOf, type Channel } from "./channels.ts";
import { FreeRequest } from "./free-request.tsx";
import { operationsOf, type Operation } from "./operations.ts";
import { readDocument } from "./references.ts";
import { RequestForm } from "./request-form.tsx";
import { SocketForm } from "./socket-form.tsx";

/** Forms that send requests to an app and open its sockets, by the documents that describe it. */
export function Requests(props: {
  readonly app: Name;
  readonly endpoint: string;
  readonly needsKey: boolean;
}): JSX.Element {
  return (
    <section class="requests" aria-label="Requests">
      <h2>Requests</h2>
      {mayChange.value ? <Forms {...props} /> : <p class="empty">{viewerReason}</p>}
    </section>
  );
}

function Forms({
  app,
  endpoint,
  needsKey,
}: {
  readonly app: Name;
  readonly endpoint: string;
  readonly needsKey: boolean;
}): JSX.Element {
  const { value, failure } = useData((signal) => appRequests.getDocuments({ app }, { signal }), "");
  const chosen = useSignal("");
  const { openapi = "", asyncapi = "" } = value ?? {};
  const operations = useMemo(() => operationsOf(readDocument(openapi) ?? {}), [openapi]);
  const channels = useMemo(() => channelsOf(readDocument(asyncapi) ?? {}), [asyncapi]);
  if (value === undefined && failure === undefined) return <p class="empty">Asking the app what it takes…</p>;
  const key = chosen.value || first(operations, channels);
  const operation = operations.find((each) => each.key === key);
  const channel = channels.find(({ name }) => `socket ${name}` === key);
  return (
    <>
      <FailureNotice failure={failure} />
      <p class="facts">
        <label>
          <span class="hidden">Operation</span>
          <Choice operations={operations} channels={channels} chosen={key} onChoose={(next) => (chosen.value = next)} />
        </label>
        {openapi === "" ? null : <OutLink url={`${endpoint.replace(/\/$/, "")}/docs`}>API docs</OutLink>}
        {asyncapi === "" ? null : <OutLink url={`${endpoint.replace(/\/$/, "")}/sockets`}>Docs of the sockets</OutLink>}
      </p>
      {operation === undefined ? null : (
        <RequestForm key={key} app={app} endpoint={endpoint} needsKey={needsKey} operation={operation} />
      )}
      {channel === undefined ? null : <SocketForm key={key} app={app} channel={channel} />}
      {operation === undefined && channel === undefined ? (
        <FreeRequest app={app} endpoint={endpoint} needsKey={needsKey} />
      ) : null}
    </>
  );
}

function first(operations: readonly Operation[], channels: readonly Channel[]): string {
  const [channel] = channels;
  return operations[0]?.key ?? (channel === undefined ? "any" : `socket ${channel.name}`);
}

function Choice({
  operations,
  channels,
  chosen,
  onChoose,
}: {
  readonly operations: readonly Operation[];
  readonly channels: readonly Channel[];
  readonly chosen: string;
  readonly onChoose: (key: string) => void;
}): JSX.Element {
  const options = [
    ...operations.map(({ key, summary }) => [key, summary === "" ? key : `${key}: ${summary}`] as const),
    ...channels.map(({ name, address, summary }) => {
      return [`socket ${name}`, `Socket ${address}${summary === "" ? "" : `: ${summary}`}`] as const;
    }),
    ["any", "Any other request"] as const,
  ];
  return (
    <select aria-label="Operation" onInput={(event) => onChoose(event.currentTarget.value)}>
      {options.map(([key, words]) => (
        <option key={key} value={key} selected={key === chosen}>
          {words}
        </option>
      ))}
    </select>
  );
}
