import { signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** A window over the page. The browser keeps the focus in it; it goes back to where it was, whoever closes the window. */
export function Dialog({
  title,
  onClose,
  children,
  wide = false,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly wide?: boolean;
}): JSX.Element {
  const element = useRef<HTMLDialogElement>(null);
  const isGone = useRef(false);
  // Whoever types at once types into it.
  useLayoutEffect(() => {
    const { current } = element;
    const opener = document.activeElement;
    current?.showModal();
    return () => {
      isGone.current = true;
      current?.close();
      // The browser does so for some ways of closing it, and not where a button in it was disabled.
      if (opener instanceof HTMLElement && opener !== document.body) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={wide ? "wide" : ""}
      aria-label={title}
      // Esc. The browser tells of a dialog that it has closed by itself only a frame later, when the next may be open.
      onCancel={(event) => {
        // A file field in it tells so when no file was chosen.
        if (event.target !== element.current) return;
        event.preventDefault();
        onClose();
      }}
      onClose={() => isGone.current || onClose()}
      onClick={(event) => event.target === element.current && onClose()}
    >
      <div class="dialog">
        <header>
          <h2>{title}</h2>
          <button type="button" class="plain" aria-label="Close" onClick={onClose}>
            ✕
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

interface Question {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly answer: (yes: boolean) => void;
}

const question = signal<Question | undefined>(undefined);

/** Asks before something that cannot be undone. */
export function confirm(title: string, text: string, yes: string): Promise<boolean> {
  return new Promise((resolve) => {
    question.value = { title, text, yes, answer: resolve };
  });
}

/** The place where questions are asked. */
export function Questions(): JSX.Element | null {
  const { value } = question;
  if (value === undefined) return null;
  const answer = (yes: boolean): void => {
    question.value = undefined;
    value.answer(yes);
  };
  return (
    <Dialog title={value.title} onClose={() => answer(false)}>
      <p>{value.text}</p>
      <p class="buttons">
        <button type="button" class="danger" autofocus onClick={() => answer(true)}>
          {value.yes}
        </button>
        <button type="button" onClick={() => answer(false)}>
          Leave it
        </button>
      </p>
    </Dialog>
  );
}
