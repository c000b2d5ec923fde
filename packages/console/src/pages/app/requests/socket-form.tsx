import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ChangeButton } from "../../../parts/change-button.tsx";
import type { Field } from "../../../parts/form/fields.ts";
import { SchemaForm } from "../../../parts/form/schema-form.tsx";
import { Text } from "../../../parts/text.tsx";
import { exact } from "../../../parts/time.tsx";
import { say } from "../../../parts/toast.tsx";
import type { Name } from "../../../route/names.ts";
import type { Channel } from "./channels.ts";
import { pairsOf, pathWith } from "./outgoing.ts";
import { useSocket, type SocketEvent } from "./use-socket.ts";

/** A form that opens the WebSocket of a channel, sends on it, and shows what is heard. */
export function SocketForm({ app, channel }: { readonly app: Name; readonly channel: Channel }): JSX.Element {
  const { address, path, query, protocols, message, summary, description } = channel;
  const texts = useRef({ path: new Map<string, string>(), query: new Map<string, string>() });
  const text = useRef(message);
  const { state, open, send, close } = useSocket(app);
  const isOpen = state.socket !== "";
  const connect = (event: Event): void => {
    event.preventDefault();
    try {
      open(pathWith(address, valuesOf(path, texts.current.path), valuesOf(query, texts.current.query)), protocols);
    } catch (error) {
      say((error as Error).message, true);
    }
  };
  return (
    <section aria-label={`Socket ${address}`}>
      <h3>
        <code>
          <Text of={address} />
        </code>
      </h3>
      {[summary, description].map((words) => (
        <p key={words} class="prompt quiet">
          <Text of={words} />
        </p>
      ))}
      <form onSubmit={connect}>
        {path.length === 0 ? null : <SchemaForm fields={path} texts={texts.current.path} />}
        {query.length === 0 ? null : <SchemaForm fields={query} texts={texts.current.query} />}
        <p class="buttons">
          <ChangeButton type="submit" class="main" disabled={isOpen || state.isConnecting}>
            Connect
          </ChangeButton>
          <button type="button" disabled={!isOpen && !state.isConnecting} onClick={close}>
            Close
          </button>
        </p>
      </form>
      <label>
        <span class="field-name">Message</span>
        <textarea
          rows={Math.min(Math.max(message.split("\n").length, 2), 10)}
          spellcheck={false}
          defaultValue={message}
          onInput={(event) => (text.current = event.currentTarget.value)}
        />
      </label>
      <p class="buttons">
        <ChangeButton disabled={!isOpen} onClick={() => void send(text.current)}>
          Send
        </ChangeButton>
      </p>
      <Events events={state.events} />
    </section>
  );
}

function valuesOf(
  fields: readonly Field[],
  texts: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  return fields.flatMap((field) => pairsOf(field, texts.get(field.name)));
}

const signs = { sent: ["→", "sent"], heard: ["←", "heard"], told: ["·", ""] } as const;

function Events({ events }: { readonly events: readonly SocketEvent[] }): JSX.Element | null {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => list.current?.scrollTo({ top: list.current.scrollHeight }), [events.at(-1)?.number]);
  if (events.length === 0) return null;
  return (
    <div class="socket-events" ref={list} role="log" aria-label="Messages" tabIndex={0}>
      {events.map(({ number, at, kind, text }) => (
        <p key={number} class={kind}>
          <span class="quiet" title={exact(at)}>
            <span aria-hidden="true">{signs[kind][0]}</span>
            <span class="hidden">{signs[kind][1]}</span>
          </span>{" "}
          <Text of={text} />
        </p>
      ))}
    </div>
  );
}
