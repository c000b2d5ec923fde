import type { Listed, RunRecord } from "@appenv/engine";
import { html, type Html } from "./html.ts";
import { duration, phase } from "./run-parts.ts";
import { runPath } from "./run-paths.ts";

/** The page with all runs: the newest, and a link to older ones. */
export function runListPage({ items, token, total }: Listed<RunRecord>): Html {
  return html`<p><a href="/">All apps</a></p>
    <h1>Runs: ${total}</h1>
    ${items.length === 0 ? html`<p class="quiet">None yet. Start one: <code>appenv run FILE TASK</code></p>` : table(items)}
    ${token === "" ? undefined : html`<p><a href="/v2/runs?token=${encodeURIComponent(token)}">Older runs</a></p>`}`;
}

function table(runs: readonly RunRecord[]): Html {
  const rows = runs.map(
    ({ id, root, trigger }) =>
      html`<tr>
        <td><a href="${runPath(id)}">${id.run}</a></td>
        <td>${root.name}</td>
        <td>${id.project}/${id.domain}</td>
        <td>${phase(root)}</td>
        <td>${root.createdAt.toISOString()}</td>
        <td>${duration(root)}</td>
        <td>${trigger?.name ?? ""}</td>
      </tr>`,
  );
  return html`<table>
    <tr>
      <th>Name</th>
      <th>Task</th>
      <th>Project/domain</th>
      <th>Phase</th>
      <th>Created</th>
      <th>Duration</th>
      <th>Trigger</th>
    </tr>
    ${rows}
  </table>`;
}
