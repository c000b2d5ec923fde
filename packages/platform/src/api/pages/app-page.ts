import type { AppId } from "@appenv/protocol";
import type { LogBatch } from "../../logs/log-line.ts";
import { statusText } from "../../apps/failure.ts";
import type { AppView } from "../app/status-board.ts";
import { html, type Html } from "./html.ts";

/** The path of an app's page; the same as in Flyte's console. */
export function appPath({ project, domain, name }: AppId): string {
  const [d, p, n] = [domain, project, name].map((part) => encodeURIComponent(part));
  return `/v2/domain/${d}/project/${p}/apps/${n}`;
}

/** An app's phase and why. */
export function phaseText({ app }: AppView): Html {
  return html`<span class="phase ${app.phase}">${app.phase}</span> ${statusText(app)}`;
}

/** A link to a URL; plain text if it is of a kind that could run code. */
export function link(url: string, text: string): Html {
  const safe = /^https?:\/\//i.test(url);
  return safe ? html`<a href="${url}" rel="noreferrer">${text}</a>` : html`${text}`;
}

/** The page of one app. */
export function appPage(view: AppView, batches: readonly LogBatch[]): Html {
  const { app } = view;
  return html`<p><a href="/">All apps</a></p>
    <h1>${app.id.name}</h1>
    <table>
      <tr>
        <th>Status</th>
        <td>${phaseText(view)}</td>
      </tr>
      <tr>
        <th>Endpoint</th>
        <td>${link(app.endpoint, app.endpoint)}</td>
      </tr>
      <tr>
        <th>Project, domain</th>
        <td>${app.id.project}, ${app.id.domain}</td>
      </tr>
      <tr>
        <th>Description</th>
        <td>${app.definition.description ?? ""}</td>
      </tr>
      <tr>
        <th>Type</th>
        <td>${app.definition.type ?? ""}</td>
      </tr>
      <tr>
        <th>Revision</th>
        <td>${app.revision}, of ${app.updatedAt.toISOString()}</td>
      </tr>
      <tr>
        <th>Access</th>
        <td>${app.definition.requiresAuth ? "needs an API key" : "open"}</td>
      </tr>
      <tr>
        <th>Links</th>
        <td>${links(view)}</td>
      </tr>
    </table>
    <h2>Replicas: ${app.readyReplicas} of at most ${app.definition.replicas.max}</h2>
    ${replicas(view)}
    <h2>Last log lines</h2>
    <pre>${logLines(batches)}</pre>`;
}

function links({ app }: AppView): Html {
  const items = app.definition.links.map(({ path, title, isRelative }) =>
    link(isRelative ? joined(app.endpoint, path) : path, title),
  );
  return html`${items.map((item) => html`${item} `)}`;
}

function joined(endpoint: string, path: string): string {
  return `${endpoint.replace(/\/$/, "")}/${path.replace(/^\//, "")}`;
}

function replicas({ app }: AppView): Html {
  if (app.replicas.length === 0) return html`<p class="quiet">None runs.</p>`;
  const rows = app.replicas.map(
    ({ name, state, revision, pid, inFlight }) =>
      html`<tr>
        <td>${name}</td>
        <td>${state}</td>
        <td>${revision}</td>
        <td>${pid}</td>
        <td>${inFlight}</td>
      </tr>`,
  );
  return html`<table>
    <tr>
      <th>Name</th>
      <th>State</th>
      <th>Revision</th>
      <th>Process</th>
      <th>In flight</th>
    </tr>
    ${rows}
  </table>`;
}

function logLines(batches: readonly LogBatch[]): Html {
  const lines = batches.flatMap(({ replica, lines: own }) =>
    own.map(
      ({ timestamp, message }) =>
        html`<span class="quiet">${timestamp.toISOString()} ${replica}</span> ${message}${"\n"}`,
    ),
  );
  return lines.length === 0 ? html`<span class="quiet">None yet.</span>` : html`${lines}`;
}
