import type { ButtonHTMLAttributes, ComponentChildren, JSX } from "preact";
import { mayChange, viewerReason } from "../api/session.ts";

/** A button that changes something: disabled, with the reason, for those who may only look. */
export function ChangeButton({
  children,
  disabled = false,
  title,
  type = "button",
  ...rest
}: Omit<ButtonHTMLAttributes<HTMLButtonElement>, "disabled" | "title"> & {
  readonly children: ComponentChildren;
  readonly disabled?: boolean;
  readonly title?: string;
}): JSX.Element {
  const refused = !mayChange.value;
  return (
    <button {...rest} type={type} disabled={refused || disabled} title={refused ? viewerReason : title}>
      {children}
    </button>
  );
}
