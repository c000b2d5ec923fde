import type { ActionRecord, RunRecord } from "@appenv/engine";
import { html, type Html } from "./html.ts";
import { abortForm, duration, phase, progress, reason } from "./run-parts.ts";
import { actionPath, runPath } from "./run-paths.ts";
import { dataParts, type ShownData } from "./show-data.ts";

/** The page of one run. `actions`: the first of them, in the order of their creation; `total`: their number. */
export function runPage(run: RunRecord, actions: readonly ActionRecord[], total: number, data: ShownData): Html {
  const { id, root, settings } = run;
  const labels = Object.entries(settings.labels).map(([key, value]) => `${key}=${value}`);
  return html`<p><a href="/v2/runs">All runs</a></p>
    <h1>${id.run}</h1>
    <table>
      <tr>
        <th>Phase</th>
        <td>${phase(root)} ${reason(root)}</td>
      </tr>
      <tr>
        <th>Task</th>
        <td>${root.name} ${root.task?.version ?? ""}</td>
      </tr>
      <tr>
        <th>Project, domain</th>
        <td>${id.project}, ${id.domain}</td>
      </tr>
      <tr>
        <th>Created</th>
        <td>${root.createdAt.toISOString()}</td>
      </tr>
      <tr>
        <th>Duration</th>
        <td>${duration(root)}</td>
      </tr>
      <tr>
        <th>Started by</th>
        <td>${startedBy(run)}</td>
      </tr>
      <tr>
        <th>Labels</th>
        <td>${labels.join(", ")}</td>
      </tr>
    </table>
    ${abortForm(root, runPath(id), "run")}
    <h2>Actions: ${total}</h2>
    ${tree(actions)}
    ${total > actions.length ? html`<p class="quiet">The first ${actions.length} are shown.</p>` : undefined}
    ${dataParts(data)}`;
}

function startedBy({ trigger, source, rerunOf }: RunRecord): string {
  const by =
    trigger === undefined
      ? { web: "a page", cli: "the command line", schedule: "a schedule", unspecified: "a client" }[source]
      : `the trigger ${trigger.name}`;
  return rerunOf === undefined ? by : `${by}, after the run ${rerunOf}`;
}

function tree(actions: readonly ActionRecord[]): Html {
  const children = Map.groupBy(actions, ({ parent }) => parent);
  const rows: Html[] = [];
  const add = (action: ActionRecord, depth: number): void => {
    rows.push(row(action, depth));
    for (const child of children.get(action.id.action) ?? []) add(child, depth + 1);
  };
  for (const root of children.get(undefined) ?? []) add(root, 0);
  return html`<table>
    <tr>
      <th>Action</th>
      <th>Task</th>
      <th>Phase</th>
      <th>Attempt</th>
      <th>Duration</th>
      <th>Progress</th>
      <th>Reason</th>
    </tr>
    ${rows}
  </table>`;
}

function row(action: ActionRecord, depth: number): Html {
  const { id, group, name, kind, attempts, cache } = action;
  const what = kind === "task" ? name : `${kind} ${name}`;
  return html`<tr>
    <td class="d${Math.min(depth, 8)}"><a href="${actionPath(id)}">${id.action}</a></td>
    <td>${group === "" ? "" : html`<span class="quiet">${group}:</span> `}${what}</td>
    <td>${phase(action)}${cache === "hit" ? " from the cache" : ""}</td>
    <td>${attempts.length === 0 ? "" : attempts.length}</td>
    <td>${duration(action)}</td>
    <td>${progress(action)}</td>
    <td>${reason(action)}</td>
  </tr>`;
}
