import type { AppView } from "../app/status-board.ts";
import { appPath, link, phaseText } from "./app-page.ts";
import { html, type Html } from "./html.ts";

/** The page with all apps. */
export function listPage(views: readonly AppView[]): Html {
  const sorted = views.toSorted((one, other) => appPath(one.app.id).localeCompare(appPath(other.app.id)));
  return html`<p><a href="/v2/runs">All runs</a></p>
    <h1>Apps</h1>
    ${sorted.length === 0 ? html`<p class="quiet">None yet. Serve one: <code>appenv serve FILE</code></p>` : table(sorted)}`;
}

function table(views: readonly AppView[]): Html {
  const rows = views.map(
    (view) =>
      html`<tr>
        <td><a href="${appPath(view.app.id)}">${view.app.id.name}</a></td>
        <td>${view.app.id.project}/${view.app.id.domain}</td>
        <td>${phaseText(view)}</td>
        <td>${link(view.app.endpoint, view.app.endpoint)}</td>
        <td>${view.app.readyReplicas}</td>
      </tr>`,
  );
  return html`<table>
    <tr>
      <th>Name</th>
      <th>Project/domain</th>
      <th>Status</th>
      <th>Endpoint</th>
      <th>Replicas</th>
    </tr>
    ${rows}
  </table>`;
}
