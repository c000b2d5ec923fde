import type { IncomingMessage, ServerResponse } from "node:http";
import { consoleFolder, readConsole, type ConsoleFile } from "./console-files.ts";

/** Answers the request for a file of the console, or for a page that its script makes. */
export type ConsoleHandler = (path: string, request: IncomingMessage, response: ServerResponse) => void;

/** Files of hashed names: they never change. */
const assets = "/console/";
/** A list, also by the path of a thing in it without its name. */
const lists =
  /^\/(v2\/((domain\/[^/]+\/project\/[^/]+\/)?(runs|apps|tasks|triggers|queues)|keys|webhooks(\/[\w-]+)?|events|graph)\/?)?$/;
const things = /^\/v2\/domain\/[^/]+\/project\/[^/]+\/(apps|runs|tasks|triggers|queues)\/[^/]+(\/actions\/[^/]+)?\/?$/;

/** Tells whether the console answers a path: the pages are made in the browser, and the same file for all. */
export function isConsolePath(path: string): boolean {
  return path.startsWith(assets) || lists.test(path) || things.test(path);
}

/** Nothing inline, nothing from elsewhere, in nobody's frame, and no text becomes HTML. */
const policy =
  "default-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'";

const headers: Readonly<Record<string, string>> = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  vary: "accept-encoding",
};

/** Serves the console, which is read with the first request. @param folder - The built files. */
export function createConsole(folder: () => string = consoleFolder): ConsoleHandler {
  let read: ReadonlyMap<string, ConsoleFile> | undefined;
  return (path, request, response) => {
    // A console that is built while the platform runs is there with the next request.
    if (read === undefined || read.size === 0) read = readConsole(folder());
    const file = read.get(path.startsWith(assets) ? path : "/index.html");
    if (file !== undefined) return sendFile(file, path.startsWith(assets), request, response);
    const [status, text] = path.startsWith(assets) ? [404, "There is no such file."] : [503, notBuilt];
    response.writeHead(status, {
      ...headers,
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
    });
    response.end(`${text}\n`);
  };
}

const notBuilt = "The console has not been built. In the repository: npm run setup";

function sendFile(file: ConsoleFile, isAsset: boolean, request: IncomingMessage, response: ServerResponse): void {
  const caching = isAsset ? "public, max-age=31536000, immutable" : "no-cache";
  const known = (request.headers["if-none-match"] ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  const common = { ...headers, etag: file.etag, "cache-control": caching };
  if (known.includes(file.etag)) return void response.writeHead(304, common).end();
  const { content, encoding } = encoded(file, String(request.headers["accept-encoding"] ?? ""));
  response.writeHead(200, {
    ...common,
    "content-type": file.type,
    "content-length": content.length,
    ...(encoding === undefined ? {} : { "content-encoding": encoding }),
  });
  response.end(request.method === "HEAD" ? undefined : content);
}

function encoded(
  { br, gzip, plain }: ConsoleFile,
  accepted: string,
): { content: Buffer; encoding: string | undefined } {
  const takes = (name: string): boolean =>
    new RegExp(`(^|,)\\s*${name}\\s*(;\\s*q=(?!0(\\.0*)?\\s*(,|$))|,|$)`).test(accepted);
  if (br !== undefined && takes("br")) return { content: br, encoding: "br" };
  if (gzip !== undefined && takes("gzip")) return { content: gzip, encoding: "gzip" };
  return { content: plain, encoding: undefined };
}
