import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { person, signIn, signOut } from "../api/session.ts";
import { PageHead } from "../parts/page-head.tsx";
import { Text } from "../parts/text.tsx";

/** Asks for a key when the platform wants one. */
export function SignIn(): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const refusal = useSignal("");
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    refusal.value = (await signIn(field.current?.value.trim() ?? "")) ?? "";
  };
  return (
    <>
      <PageHead title="Sign in" />
      <p>
        With an API key (<code>appenv create api-key NAME</code>), or the token of the platform's owner: the text in the
        file <code>api-token</code> of its state directory.
      </p>
      <form class="line" onSubmit={(event) => void send(event)}>
        <label>
          Key <input ref={field} type="password" autocomplete="current-password" spellcheck={false} required />
        </label>
        <button type="submit" class="main">
          Sign in
        </button>
      </form>
      <p class="bad" role="alert">
        <Text of={refusal.value} />
      </p>
    </>
  );
}

/** The person who has signed in, with the way out; nothing on a machine of one's own. */
export function SignedIn(): JSX.Element | null {
  const { value } = person;
  if (value === undefined || value.method === "local") return null;
  return (
    <div class="person">
      <span>
        <Text of={value.name} /> <span class="quiet">{value.role}</span>
      </span>
      {value.method === "session" ? (
        <button type="button" class="small" onClick={() => void signOut()}>
          Sign out
        </button>
      ) : null}
    </div>
  );
}
