import type { Field } from "../../../parts/form/fields.ts";
import { fieldOf, objectFields } from "./operations.ts";
import { entriesOf, resolved, textOf, type ApiDocument } from "./references.ts";
import { sampleOf } from "./sample.ts";

/** A channel of an app's AsyncAPI document: a WebSocket. */
export interface Channel {
  readonly name: string;
  /** For example `/chat/{room}`. */
  readonly address: string;
  readonly summary: string;
  readonly description: string;
  /** Parameters in its path. */
  readonly path: readonly Field[];
  /** Parameters in its query. */
  readonly query: readonly Field[];
  readonly protocols: readonly string[];
  /** A message that the app takes, to begin with. */
  readonly message: string;
}

/** The channels of a document, in its order. */
export function channelsOf(document: ApiDocument): readonly Channel[] {
  return entriesOf(document["channels"]).map(([name, part]) => {
    const channel = resolved(document, part) ?? {};
    const protocols: unknown = channel["x-subprotocols"];
    return {
      name,
      address: textOf(channel["address"]) || `/${name}`,
      summary: textOf(channel["summary"]),
      description: textOf(channel["description"]),
      path: entriesOf(channel["parameters"]).map(([parameter, given]) =>
        fieldOf(document, parameter, { type: "string", ...resolved(document, given) }, true),
      ),
      query: objectFields(document, resolved(document, queryOf(channel))),
      protocols: Array.isArray(protocols) ? protocols.filter((each) => typeof each === "string") : [],
      message: messageOf(document, name, channel),
    };
  });
}

function queryOf(channel: Readonly<Record<string, unknown>>): unknown {
  const { ws } = (channel["bindings"] ?? {}) as { ws?: { query?: unknown } };
  return ws?.query;
}

/** A sample of the message that the app receives on a channel; the first one if its operations do not say which that is. */
function messageOf(document: ApiDocument, name: string, channel: Readonly<Record<string, unknown>>): string {
  const received = entriesOf(document["operations"])
    .map(([, operation]) => resolved(document, operation) ?? {})
    .find(
      ({ action, channel: at }) =>
        action === "receive" && (at as { $ref?: unknown } | undefined)?.$ref === `#/channels/${name}`,
    )?.["messages"];
  const [first] = Array.isArray(received) ? received : entriesOf(channel["messages"]).map(([, message]) => message);
  const sample = sampleOf(document, resolved(document, first)?.["payload"]);
  return typeof sample === "string" ? sample : JSON.stringify(sample, undefined, 2);
}
