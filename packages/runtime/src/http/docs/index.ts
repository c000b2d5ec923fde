import type { IncomingMessage, ServerResponse } from "node:http";
import { report } from "../../replica/app/report.ts";
import { problem, sendProblem } from "../problem.ts";
import { mergeAsyncapi } from "./asyncapi-document.ts";
import { mergeDocument } from "./document.ts";
import type { DocsOptions } from "./document-parts.ts";
import { initScript, page, policy } from "./page.ts";
import { scalarFile, sendScalar } from "./scalar-file.ts";
import { socketPage, socketScript, socketStyle } from "./socket-page.ts";

/** The pages about an app's API. */
export interface Docs {
  /** Answers GET and HEAD of the documents, `/docs`, `/sockets` and what is below; everything else with 404. */
  handle(request: IncomingMessage, response: ServerResponse): void;
}

/**
 * The docs of an app: its OpenAPI document, made by the first request for it and kept, and a page that shows it in the
 * browser without any other host.
 */
export function createDocs(options: DocsOptions): Docs {
  const openapi = once(() => mergeDocument(options));
  const asyncapi = once(() => mergeAsyncapi(options));
  return {
    handle(request, response): void {
      const path = (request.url ?? "/").split("?", 1)[0]!;
      if (path === "/openapi.json") void openapi().then(...sendDocument(response, "OpenAPI"));
      else if (path === "/asyncapi.json") void asyncapi().then(...sendDocument(response, "AsyncAPI"));
      else if (path === "/docs" && scalarFile() === undefined) sendMissing(response);
      else if (path === "/docs") send(response, "text/html; charset=utf-8", page(options.name));
      else if (path === "/docs/") response.writeHead(308, { Location: "../docs" }).end();
      else if (path === "/docs/init.js") send(response, "text/javascript; charset=utf-8", initScript);
      else if (path === "/docs/scalar.js") sendScalar(request, response);
      else if (path === "/sockets") send(response, "text/html; charset=utf-8", socketPage(options.name));
      else if (path === "/sockets/page.css") send(response, "text/css; charset=utf-8", socketStyle);
      else if (path === "/sockets/page.js") send(response, "text/javascript; charset=utf-8", socketScript);
      else sendProblem(response, problem(404, "NOT_FOUND", `There is nothing at ${path}; the docs are at /docs.`));
    },
  };
}

/** Makes a document once; what failed is tried again by the next request. */
function once(make: () => Promise<unknown>): () => Promise<string> {
  let document: Promise<string> | undefined;
  return () => {
    document ??= make().then((made) => JSON.stringify(made));
    document.catch(() => (document = undefined));
    return document;
  };
}

function sendDocument(
  response: ServerResponse,
  kind: "OpenAPI" | "AsyncAPI",
): [(text: string) => void, (error: unknown) => void] {
  return [
    (text) => send(response, "application/json", text),
    (error) => {
      report(`the ${kind} document could not be made`, error);
      sendProblem(
        response,
        problem(500, "INTERNAL", `The ${kind} document could not be made; the app's log says why.`),
      );
    },
  ];
}

/** node:http leaves out the body of an answer to HEAD by itself. */
function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-cache",
    "Content-Security-Policy": policy,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
  });
  response.end(body);
}

function sendMissing(response: ServerResponse): void {
  response.writeHead(503, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" });
  response.end(
    "The page needs vendor/scalar.js: code that was uploaded to a cluster is without it, a checkout gets it by `npm run setup`. /openapi.json works.\n",
  );
}
