import type { JSX } from "preact";
import type { GetDeliveryResponse } from "@appenv/protocol/tasks";
import { useData } from "../../live/use-data.ts";
import { CopyButton, FailureNotice } from "../../parts/notice.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { Text } from "../../parts/text.tsx";
import { Ago, msOf } from "../../parts/time.tsx";
import { pathOf } from "../../route/names.ts";
import { bytesText } from "./bytes-text.ts";
import { webhooks } from "./client.ts";
import { deliveryPath, ReplayButton, StartedRun, Status, Verified } from "./delivery-parts.tsx";

/** One delivery: what came, what the app made of it, and the way to send it once more. */
export function DeliveryPage({ id }: { readonly id: string }): JSX.Element {
  const { value, failure } = useData((signal) => webhooks.getDelivery({ id }, { signal }), id);
  const delivery = value?.delivery;
  return (
    <>
      <PageHead title={`Delivery ${id}`} above={<a href="/v2/webhooks">Webhooks</a>}>
        {delivery === undefined ? null : <ReplayButton of={delivery} />}
      </PageHead>
      <FailureNotice failure={failure} />
      {value === undefined ? null : <Details {...value} />}
    </>
  );
}

function Details({ delivery, headers, body }: GetDeliveryResponse): JSX.Element | null {
  if (delivery === undefined) return null;
  const { project, domain, app, source, path, deliveryId, eventType, size, reason, replayOf } = delivery;
  return (
    <>
      <p class="facts">
        <Verified of={delivery} />
        <span>
          came <Ago at={msOf(delivery.receivedAt)} />
        </span>
        <span>
          answered <Status of={delivery} />
        </span>
        <StartedRun of={delivery} />
      </p>
      {reason === "" ? null : (
        <p class={delivery.status >= 400 ? "notice bad" : "notice"}>
          <Text of={reason} />
        </p>
      )}
      <dl class="pairs">
        <Pair name="App">
          <a href={pathOf("apps", { project, domain, name: app })}>
            <Text of={app} />
          </a>
        </Pair>
        <Pair name="Path">
          <Text of={path} />
        </Pair>
        <Pair name="Source">
          <Text of={source} />
        </Pair>
        <Pair name="Event">
          <Text of={eventType} />
        </Pair>
        <Pair name="Sender's id">
          <Text of={deliveryId} />
        </Pair>
        <Pair name="Size">
          <span>{bytesText(size)}</span>
        </Pair>
        {replayOf === "" ? null : (
          <Pair name="Replays">
            <a href={deliveryPath(replayOf)}>
              <Text of={replayOf} />
            </a>
          </Pair>
        )}
      </dl>
      <Content headers={headers} body={body} isKept={delivery.replayable} />
    </>
  );
}

function Content({
  headers,
  body,
  isKept,
}: Pick<GetDeliveryResponse, "headers" | "body"> & { readonly isKept: boolean }): JSX.Element {
  if (!isKept)
    return <p class="quiet">Neither its headers nor its body are kept: it was not verified, or is too large.</p>;
  const text = readable(new TextDecoder().decode(body));
  return (
    <>
      <h2>Headers</h2>
      <dl class="pairs">
        {headers.map(({ name, value }) => (
          <Pair key={name} name={name}>
            <Text of={value} />
          </Pair>
        ))}
      </dl>
      <h2>Body</h2>
      <div class="values">
        <CopyButton text={() => text} what="the body" />
        <pre tabIndex={0} aria-label="The body">
          <Text of={text} />
        </pre>
      </div>
    </>
  );
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

function Pair({ name, children }: { readonly name: string; readonly children: JSX.Element }): JSX.Element {
  return (
    <div>
      <dt>
        <Text of={name} />
      </dt>
      <dd>{children}</dd>
    </div>
  );
}
