import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { CopyButton, FailureNotice } from "../../../parts/notice.tsx";
import { Text } from "../../../parts/text.tsx";
import { duration } from "../../../parts/time.tsx";
import { readBody } from "./body.ts";
import type { Incoming } from "./use-request.ts";

const shownLength = 100_000;

/** A response as far as it has come. Markup in it is shown as text; what is no text can be downloaded. */
export function ResponseView({ incoming }: { readonly incoming: Incoming }): JSX.Element {
  const { head, end, failure, isOpen } = incoming;
  return (
    <div class="response" role="region" aria-label="Response" aria-busy={isOpen && head === undefined}>
      <FailureNotice failure={failure} />
      <p class="facts" role="status">
        {head === undefined ? null : (
          <strong class={head.status >= 400 ? "bad" : "good"}>
            {head.status} <Text of={head.statusText} />
          </strong>
        )}
        {head === undefined ? null : <span class="quiet">answered after {duration(head.ms)}</span>}
        {end === undefined ? null : (
          <span class="quiet">
            {String(end.bytes)} bytes, whole after {duration(end.ms)}
          </span>
        )}
        {isOpen ? <span class="busy">{head === undefined ? "waiting for the app" : "more may come"}</span> : null}
      </p>
      {end?.cut ? <p class="notice">{end.cut}</p> : null}
      {head === undefined ? null : (
        <details>
          <summary>{head.headers.length} headers</summary>
          <dl class="pairs">
            {head.headers.map(({ name, value }, index) => (
              <div key={`${name} ${index}`}>
                <dt>
                  <Text of={name} />
                </dt>
                <dd>
                  <Text of={value} />
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {head === undefined ? null : <Body incoming={incoming} />}
    </div>
  );
}

function Body({ incoming }: { readonly incoming: Incoming }): JSX.Element | null {
  const all = useSignal(false);
  const { type, text, bytes } = readBody(incoming);
  if (bytes === 0) return null;
  const download = (): void => saveAs(new Blob([...incoming.chunks], { type: "application/octet-stream" }));
  const button = (
    <button type="button" class="small" onClick={download}>
      Download
    </button>
  );
  if (text === undefined) {
    return (
      <p>
        {bytes} bytes of {type === "" ? "an unknown type" : <code>{type}</code>}, which are no text. {button}
      </p>
    );
  }
  const cut = !all.value && text.length > shownLength;
  return (
    <>
      <div class="values">
        <CopyButton text={() => text} what="the body" />
        <pre tabIndex={0} aria-label="Body">
          <Text of={cut ? text.slice(0, shownLength) : text} />
        </pre>
      </div>
      <p class="buttons">
        {cut ? (
          <button type="button" class="small" onClick={() => (all.value = true)}>
            Show all {Math.ceil(text.length / 1_000)} KB
          </button>
        ) : null}
        {button}
      </p>
    </>
  );
}

/** Gives the reader a file. Its name and its type say nothing: an app must not choose what is opened with it. */
function saveAs(blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = "response.bin";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
