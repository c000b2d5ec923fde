import type { ActionId } from "@appenv/protocol";
import type { ActionLogLine } from "../../logs/actions/action-logs.ts";
import { html, type Html } from "./html.ts";
import { actionPath } from "./run-paths.ts";

/** The number of lines shown: the last ones. */
const shownLines = 1_000;

/** The page with an attempt's log. */
export async function actionLogPage(id: ActionId, attempt: number, lines: AsyncIterable<ActionLogLine>): Promise<Html> {
  let last: ActionLogLine[] = [];
  let count = 0;
  for await (const line of lines) {
    count += 1;
    last.push(line);
    if (last.length >= 2 * shownLines) last = last.slice(-shownLines);
  }
  const shown = last.slice(-shownLines);
  return html`<p><a href="${actionPath(id)}">Action ${id.action}</a> of the run ${id.run}</p>
    <h1>Log of attempt ${attempt}</h1>
    ${count > shown.length ? html`<p class="quiet">The last ${shown.length} of ${count} lines.</p>` : undefined}
    <pre>${shown.length === 0 ? html`<span class="quiet">None yet.</span>` : shown.map((line) => logLine(line))}</pre>`;
}

function logLine({ at, text }: ActionLogLine): Html {
  return html`<span class="quiet">${new Date(at).toISOString()}</span> ${text}${"\n"}`;
}
