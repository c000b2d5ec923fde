import { errorText } from "../run/details.ts";
import { isTerminal } from "../run/phases.ts";
import type { ActionRecord } from "@appenv/engine";
import { html, type Html } from "./html.ts";

/** A phase, coloured. */
export function phase({ phase: name }: Pick<ActionRecord, "phase">): Html {
  return html`<span class="phase ${name}">${name}</span>`;
}

/** The time that it ran, or has run so far. */
export function duration(
  { startedAt, endedAt }: Pick<ActionRecord, "startedAt" | "endedAt">,
  now: number = Date.now(),
): string {
  if (startedAt === undefined) return "";
  const ms = Math.max(0, (endedAt?.getTime() ?? now) - startedAt.getTime());
  if (ms < 1_000) return `${ms} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.floor(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Its progress, as it says itself. */
export function progress({ progress: told }: ActionRecord): string {
  if (told === undefined) return "";
  const { done, total, message } = told;
  const share = total > 0 ? `${Math.round((100 * done) / total)} %` : "";
  return [share, message].filter((part) => part !== "").join(" ");
}

/** The reason why it ended as it did. */
export function reason({ error, abort }: ActionRecord): string {
  if (abort !== undefined) return abort.reason;
  return error === undefined ? "" : [errorText(error), ...causes(error)].join(", because: ");
}

const mostCauses = 5;

/** The causes of an error, as far as its message does not name them. */
function causes({ message, thrown = [] }: NonNullable<ActionRecord["error"]>): readonly string[] {
  let said = message;
  const texts: string[] = [];
  for (const { name, message: text, at } of thrown.slice(1)) {
    if (text === "" || said.includes(text) || texts.length === mostCauses) continue;
    said += text;
    texts.push(`${name === undefined ? "" : `${name}: `}${text}${at === undefined ? "" : ` (${at})`}`);
  }
  return texts;
}

/** A button that aborts it; none once it has ended. */
export function abortForm(action: Pick<ActionRecord, "phase">, path: string, what: string): Html | undefined {
  if (isTerminal(action.phase)) return undefined;
  return html`<form method="post" action="${path}/abort"><button>Abort the ${what}</button></form>`;
}
