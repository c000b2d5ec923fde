import { createReadStream, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";
import { problem, sendProblem } from "../problem.ts";

/** Seen from `src/http/docs` and from `dist`. */
const places = ["../../../vendor/scalar.js", "../vendor/scalar.js"];

/** The vendored browser file of Scalar, or undefined if it was not put there yet. */
export function scalarFile(): { readonly path: string; readonly etag: string } | undefined {
  for (const place of places) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined) return { path, etag: `W/"${found.size.toString(36)}-${found.mtimeMs.toString(36)}"` };
  }
  return undefined;
}

/** Answers with the file, or 304 if the browser has it. */
export function sendScalar(request: IncomingMessage, response: ServerResponse): void {
  const file = scalarFile();
  if (file === undefined) {
    sendProblem(response, problem(404, "NOT_FOUND", "vendor/scalar.js is not there yet: run `npm run setup`."));
    return;
  }
  const common = { ETag: file.etag, "Cache-Control": "public, max-age=3600", Vary: "Accept-Encoding" };
  if (request.headers["if-none-match"] === file.etag) {
    response.writeHead(304, common).end();
    return;
  }
  const zips = /\bgzip\b/.test(String(request.headers["accept-encoding"]));
  response.writeHead(200, {
    ...common,
    "Content-Type": "text/javascript; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    ...(zips ? { "Content-Encoding": "gzip" } : {}),
  });
  if (request.method === "HEAD") response.end();
  else sendFile(file.path, zips, response);
}

/** A reader that goes away ends the stream; there is nobody left to tell. */
function sendFile(path: string, zips: boolean, response: ServerResponse): void {
  const source = createReadStream(path);
  if (zips) pipeline(source, createGzip({ level: 6 }), response, () => {});
  else pipeline(source, response, () => {});
}
