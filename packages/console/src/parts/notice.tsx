import type { ComponentChildren, JSX } from "preact";
import type { Failure } from "../api/failure.ts";
import { Text } from "./text.tsx";
import { say } from "./toast.tsx";

/** An error for people: the message, and what to do about it. */
export function FailureNotice({ failure }: { readonly failure: Failure | undefined }): JSX.Element | null {
  if (failure === undefined) return null;
  return (
    <div class="notice bad" role="alert">
      <p>
        {failure.code === "" ? null : <code>{failure.code}</code>} <Text of={failure.message} />
      </p>
      {failure.fix === "" ? null : (
        <p class="quiet">
          <Text of={failure.fix} />
        </p>
      )}
    </div>
  );
}

/** The words in place of a list with nothing in it. */
export function Empty({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <p class="empty">{children}</p>;
}

/** A command to type, with a button that copies it. */
export function Command({ text }: { readonly text: string }): JSX.Element {
  return (
    <code class="command">
      <span>{text}</span>
      <CopyButton text={() => text} what="the command" />
    </code>
  );
}

/** A button that copies a text. */
export function CopyButton({ text, what }: { readonly text: () => string; readonly what: string }): JSX.Element {
  return (
    <button
      type="button"
      class="plain"
      title={`Copy ${what}`}
      aria-label={`Copy ${what}`}
      onClick={() => void navigator.clipboard.writeText(text()).then(() => say(`Copied ${what}.`))}
    >
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="none" stroke="currentColor">
        <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
        <path d="M10.5 3.5v-1h-8v8h1" />
      </svg>
    </button>
  );
}
