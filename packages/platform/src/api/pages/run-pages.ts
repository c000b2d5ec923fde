import type { ServerResponse } from "node:http";
import { AppEnvError, type ErrorCode } from "@appenv/core";
import type { ActionLogs } from "../../logs/actions/action-logs.ts";
import { isTerminal } from "../run/phases.ts";
import type { RunReader } from "../run/run-reader.ts";
import { actionLogPage } from "./action-log-page.ts";
import { actionPage, asksForInput } from "./action-page.ts";
import { html, type Html } from "./html.ts";
import { formPageHeaders, layout } from "./layout.ts";
import { reportHeaders } from "./report-headers.ts";
import { runListPage } from "./run-list-page.ts";
import { runPage } from "./run-page.ts";
import type { RunPage } from "./run-paths.ts";
import { showData } from "./show-data.ts";

const listedRuns = 100;
const shownActions = 500;

interface Page {
  readonly title: string;
  readonly body: Html;
  /** True if it loads itself anew every two seconds. */
  readonly refresh: boolean;
}

/** Answers a request for a page about runs. Never rejects. */
export async function sendRunPage(
  page: RunPage,
  query: URLSearchParams,
  response: ServerResponse,
  sources: { readonly reader: RunReader; readonly logs: Pick<ActionLogs, "tail"> },
): Promise<void> {
  try {
    if (page.page === "report") return sendReport(page, response, sources.reader);
    const { title, body, refresh } = await makePage(page, query, sources);
    response.writeHead(200, formPageHeaders).end(layout(title, body, refresh));
  } catch (error) {
    sendError(response, error);
  }
}

/** HTTP statuses of errors by their codes; that of all others is 400. */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  NOT_FOUND: 404,
  DISK_FULL: 503,
  STATE_UNWRITABLE: 503,
  STATE_CORRUPTED: 500,
};

/** Answers with an error, on a page. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const known = AppEnvError.is(error) ? error : undefined;
  const status = known === undefined ? 500 : (statuses[known.code] ?? 400);
  if (status === 503) response.setHeader("retry-after", "30");
  const body = html`<h1>${known?.message ?? "The page cannot be shown"}</h1>
    <p>${known?.fix ?? ""}</p>
    <p><a href="/v2/runs">All runs</a></p>`;
  response.writeHead(status, formPageHeaders).end(layout("Error", body, false));
}

async function makePage(
  page: Exclude<RunPage, { page: "report" }>,
  query: URLSearchParams,
  { reader, logs }: Parameters<typeof sendRunPage>[3],
): Promise<Page> {
  if (page.page === "runs") {
    const token = query.get("token") ?? "";
    const runs = reader.engine.listRuns({ project: "", domain: "" }, { limit: listedRuns, token });
    return { title: "Runs", body: runListPage(runs), refresh: token === "" };
  }
  if (page.page === "run") {
    const run = reader.run(page.id);
    const { items, total } = reader.engine.listActions(run.id, { limit: shownActions, token: "" });
    const body = runPage(run, items, total, showData(reader, run.root));
    return { title: run.id.run, body, refresh: !isTerminal(run.root.phase) };
  }
  const action = reader.action(page.id);
  const refresh = !isTerminal(action.phase) && !asksForInput(action);
  const title = `${action.id.action} of ${action.id.run}`;
  if (page.page === "action") return { title, body: actionPage(action, showData(reader, action)), refresh };
  const lines = logs.tail(action.id, { attempt: page.attempt });
  return { title: `Log: ${title}`, body: await actionLogPage(action.id, page.attempt, lines), refresh };
}

function sendReport({ id }: Extract<RunPage, { page: "report" }>, response: ServerResponse, reader: RunReader): void {
  const report = reader.engine.report(reader.action(id).id);
  if (report === undefined) throw new AppEnvError("NOT_FOUND", `The action '${id.action}' has no report.`);
  response.writeHead(200, reportHeaders("'self'")).end(report);
}
