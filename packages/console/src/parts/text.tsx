import type { ComponentChildren, JSX } from "preact";

// Signs that move or hide other text: controls, and those that change the direction of writing. To look for them is the point.
/* oxlint-disable no-control-regex */
const odd = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g;

/** Text of somebody else, with its invisible signs made visible. Line breaks and tabs stay. */
export function Text({ of }: { readonly of: string }): JSX.Element {
  return <>{parts(of)}</>;
}

function parts(text: string): ComponentChildren[] {
  const out: ComponentChildren[] = [];
  let from = 0;
  for (const { 0: sign, index } of text.matchAll(odd)) {
    out.push(text.slice(from, index), <span class="odd">{nameOf(sign)}</span>);
    from = index + sign.length;
  }
  out.push(text.slice(from));
  return out;
}

/** The same as plain text, for titles and labels. */
export function plain(text: string): string {
  return text.replaceAll(odd, nameOf);
}

function nameOf(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? "␡" : `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
}

/** A text of a program without its colours. */
export function withoutColours(text: string): string {
  return text.includes("\u001B") ? text.replaceAll(/\u001B\[[0-9;]*m/g, "") : text;
}
