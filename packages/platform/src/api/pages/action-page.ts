import type { ActionRecord, AttemptRecord } from "@appenv/engine";
import { errorText } from "../run/details.ts";
import { isTerminal } from "../run/phases.ts";
import { html, type Html } from "./html.ts";
import { abortForm, duration, phase, progress, reason } from "./run-parts.ts";
import { actionPath, runPath } from "./run-paths.ts";
import { dataParts, type ShownData } from "./show-data.ts";

/** Tells whether the page has a form that somebody may be filling in, so that it must not load itself anew. */
export function asksForInput({ condition, phase: name }: ActionRecord): boolean {
  return condition !== undefined && !isTerminal(name);
}

/** The page of one action. */
export function actionPage(action: ActionRecord, data: ShownData): Html {
  const { id, parent, kind, name, group, hasReport } = action;
  const parentId = { ...id, action: parent ?? "" };
  return html`<p><a href="${runPath(id)}">Run ${id.run}</a></p>
    <h1>${id.action}</h1>
    <table>
      <tr>
        <th>Phase</th>
        <td>${phase(action)} ${reason(action)}</td>
      </tr>
      <tr>
        <th>${kind === "task" ? "Task" : kind === "trace" ? "Trace" : "Condition"}</th>
        <td>${name} ${action.task?.version ?? ""}</td>
      </tr>
      <tr>
        <th>Parent</th>
        <td>${parent === undefined ? "" : html`<a href="${actionPath(parentId)}">${parent}</a>`}</td>
      </tr>
      <tr>
        <th>Group</th>
        <td>${group}</td>
      </tr>
      <tr>
        <th>Created</th>
        <td>${action.createdAt.toISOString()}</td>
      </tr>
      <tr>
        <th>Duration</th>
        <td>${duration(action)}</td>
      </tr>
      <tr>
        <th>Progress</th>
        <td>${progress(action)}</td>
      </tr>
      <tr>
        <th>Cache</th>
        <td>${action.cache}</td>
      </tr>
    </table>
    ${asksForInput(action) ? signalForm(action) : undefined} ${abortForm(action, actionPath(id), "action")}
    ${kind === "task" ? attempts(action) : undefined} ${dataParts(data)}
    ${
      hasReport
        ? html`<h2>Report</h2>
            <iframe sandbox="allow-scripts" src="${actionPath(id)}/report" title="Report"></iframe>`
        : undefined
    }`;
}

function signalForm({ id, condition }: ActionRecord): Html {
  if (condition === undefined) return html``;
  return html`<h2>It waits for an answer</h2>
    <p class="prompt">${condition.prompt}</p>
    <p class="quiet">${condition.description ?? ""}</p>
    <form method="post" action="${actionPath(id)}/signal">${fields(condition.type)}</form>`;
}

function fields(type: NonNullable<ActionRecord["condition"]>["type"]): Html {
  switch (type) {
    case "boolean":
      return html`<button name="value" value="true">Yes</button> <button name="value" value="false">No</button>`;
    case "integer":
      return html`<input name="value" type="number" step="1" required /> <button>Send</button>`;
    case "float":
      return html`<input name="value" type="number" step="any" required /> <button>Send</button>`;
    case "string":
      return html`<textarea name="value" rows="3"></textarea> <button>Send</button>`;
  }
}

function attempts(action: ActionRecord): Html {
  if (action.attempts.length === 0)
    return html`<h2>Attempts</h2>
      <p class="quiet">None.</p>`;
  return html`<h2>Attempts</h2>
    <table>
      <tr>
        <th>Number</th>
        <th>Phase</th>
        <th>Queued</th>
        <th>Duration</th>
        <th>Reason</th>
        <th>Log</th>
      </tr>
      ${action.attempts.map((attempt) => attemptRow(action, attempt))}
    </table>`;
}

function attemptRow({ id }: ActionRecord, attempt: AttemptRecord): Html {
  const { attempt: number, queuedAt, error } = attempt;
  return html`<tr>
    <td>${number}</td>
    <td>${phase(attempt)}</td>
    <td>${queuedAt.toISOString()}</td>
    <td>${duration(attempt)}</td>
    <td>${error === undefined ? "" : errorText(error)}</td>
    <td><a href="${actionPath(id)}/logs/${number}">Log</a></td>
  </tr>`;
}
