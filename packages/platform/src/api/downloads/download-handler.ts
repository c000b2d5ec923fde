import type { ServerResponse } from "node:http";
import { reportHeaders } from "../pages/report-headers.ts";
import type { Download } from "./download-urls.ts";

/** Answers `GET /download/<token>`. */
export async function sendDownload(download: Download | undefined, response: ServerResponse): Promise<void> {
  const content = await download?.read();
  if (download === undefined || content === undefined) {
    response.writeHead(404, { "content-type": "text/plain; charset=utf-8" });
    response.end("There is nothing to download here, or not any more.\n");
    return;
  }
  response.writeHead(200, download.type === "report" ? reportHeaders("'none'") : fileHeaders);
  response.end(content);
}

const fileHeaders: Readonly<Record<string, string>> = {
  "content-type": "application/octet-stream",
  "content-disposition": "attachment",
  "content-security-policy": "sandbox; default-src 'none'",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};
