import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { SchemaForm } from "../../../parts/form/schema-form.tsx";
import { ChangeButton } from "../../../parts/change-button.tsx";
import { CopyButton } from "../../../parts/notice.tsx";
import { Text } from "../../../parts/text.tsx";
import { say } from "../../../parts/toast.tsx";
import type { Name } from "../../../route/names.ts";
import { BodyInput, type BodyContent } from "./body-input.tsx";
import type { Operation, ParameterPlace } from "./operations.ts";
import { curlOf, outgoingOf, type Outgoing } from "./outgoing.ts";
import { ResponseView } from "./response-view.tsx";
import { useRequest } from "./use-request.ts";

const places: readonly (readonly [ParameterPlace, string])[] = [
  ["path", "In the path"],
  ["query", "In the query"],
  ["header", "Headers"],
  ["cookie", "Cookies"],
];

/** A form that sends the request of an operation, and its response. */
export function RequestForm({
  app,
  endpoint,
  needsKey,
  operation,
}: {
  readonly app: Name;
  readonly endpoint: string;
  readonly needsKey: boolean;
  readonly operation: Operation;
}): JSX.Element {
  const texts = useRef({ path: new Map(), query: new Map(), header: new Map(), cookie: new Map() });
  const body = useRef<BodyContent>(undefined);
  const curl = useSignal("");
  const { incoming, send, stop } = useRequest(app);
  const filledIn = async (use: (outgoing: Outgoing) => void): Promise<void> => {
    try {
      use(await outgoingOf(operation, texts.current, body.current));
    } catch (error) {
      say((error as Error).message, true);
    }
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    void filledIn(send);
  };
  return (
    <form onSubmit={submit} aria-label={operation.key}>
      <h3>
        <code>
          <Text of={operation.key} />
        </code>
      </h3>
      {[operation.summary, operation.description].map((text) => (
        <p key={text} class="prompt quiet">
          <Text of={text} />
        </p>
      ))}
      {places.map(([place, words]) => {
        const fields = operation.parameters.filter((each) => each.place === place).map(({ field }) => field);
        return fields.length === 0 ? null : (
          <fieldset key={place}>
            <legend>{words}</legend>
            <SchemaForm fields={fields} texts={texts.current[place]} />
          </fieldset>
        );
      })}
      {operation.bodies.length === 0 ? null : (
        <BodyInput bodies={operation.bodies} onContent={(content) => (body.current = content)} />
      )}
      <p class="buttons">
        <ChangeButton type="submit" class="main">
          Send
        </ChangeButton>
        {incoming?.isOpen ? (
          <button type="button" onClick={stop}>
            Stop
          </button>
        ) : null}
        <button
          type="button"
          onClick={() => void filledIn((outgoing) => (curl.value = curlOf(outgoing, endpoint, needsKey)))}
        >
          As curl
        </button>
      </p>
      {curl.value === "" ? null : (
        <div class="values">
          <CopyButton text={() => curl.value} what="the command" />
          <pre tabIndex={0} aria-label="The command">
            <Text of={curl.value} />
          </pre>
        </div>
      )}
      {incoming === undefined ? null : <ResponseView incoming={incoming} />}
    </form>
  );
}
