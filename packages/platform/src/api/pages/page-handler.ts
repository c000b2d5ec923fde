import type { ServerResponse } from "node:http";
import type { AppId } from "@appenv/protocol";
import type { Logs } from "../../logs/apps/app-logs.ts";
import type { StatusBoard } from "../app/status-board.ts";
import { appPage } from "./app-page.ts";
import { html, type Html } from "./html.ts";
import { layout, pageHeaders } from "./layout.ts";
import { listPage } from "./list-page.ts";

/** Answers the request for a page. Never rejects. */
export type PageHandler = (path: string, response: ServerResponse) => Promise<void>;

const appPattern = /^\/v2\/domain\/([^/]+)\/project\/([^/]+)\/apps\/([^/]+)\/?$/;
const shownLines = 50;

/** Tells whether a path is one of the platform's pages. */
export function isPagePath(path: string): boolean {
  return path === "/" || appPattern.test(path);
}

/** The pages: all apps at `/`, one app where Flyte's console has it. They only show; there is nothing to press. */
export function createPages(board: StatusBoard, logs: Logs): PageHandler {
  return async (path, response) => {
    try {
      if (path === "/") return send(response, 200, "Apps", listPage(board.list()));
      const id = readId(path);
      const view = id === undefined ? undefined : board.get(id);
      if (view === undefined) return send(response, 404, "No such app", missing());
      const lines: Parameters<typeof appPage>[1][number][] = [];
      for await (const batches of logs.tail(view.app.id, { limit: shownLines })) lines.push(...batches);
      return send(response, 200, view.app.id.name, appPage(view, lines));
    } catch {
      return response.headersSent ? void response.destroy() : send(response, 500, "Error", missing());
    }
  };
}

function readId(path: string): AppId | undefined {
  const [, domain = "", project = "", name = ""] = appPattern.exec(path) ?? [];
  try {
    return {
      domain: decodeURIComponent(domain),
      project: decodeURIComponent(project),
      name: decodeURIComponent(name),
    };
  } catch {
    return undefined;
  }
}

function missing(): Html {
  return html`<h1>There is no such app</h1>
    <p><a href="/">All apps</a></p>`;
}

function send(response: ServerResponse, status: number, title: string, body: Html): void {
  response.writeHead(status, pageHeaders).end(layout(title, body));
}
