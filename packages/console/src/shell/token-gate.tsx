import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { giveToken, token } from "../api/token.ts";
import { PageHead } from "../parts/page-head.tsx";

/** Asks for a token when the platform wants one. */
export function TokenGate(): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const send = (event: Event): void => {
    event.preventDefault();
    giveToken(field.current?.value.trim() ?? "");
  };
  return (
    <>
      <PageHead title="The platform asks for a token" />
      <p>
        {token.value === "" ? "" : "It did not accept the one that was given. "}
        An API key does, or the token of the platform's owner: the text in the file <code>api-token</code> of its state
        directory. It is kept for this tab alone, until you close it.
      </p>
      <form class="line" onSubmit={send}>
        <label>
          Token <input ref={field} type="password" autocomplete="off" spellcheck={false} required />
        </label>
        <button type="submit" class="main">
          Use it
        </button>
      </form>
    </>
  );
}
