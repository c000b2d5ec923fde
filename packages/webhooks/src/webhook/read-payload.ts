import type { IncomingHttpHeaders } from "node:http";
import { parseJson } from "../http/body.ts";

/** What a body says, by its content type: JSON, the fields of a form, or text. @throws ProblemError 400. */
export function readPayload(headers: IncomingHttpHeaders, rawBody: Buffer): unknown {
  const type = (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const text = rawBody.toString("utf8");
  if (type === "application/x-www-form-urlencoded") return readForm(text);
  const isJson = type === "application/json" || type.endsWith("+json");
  return isJson ? parseJson(text) : text;
}

/** GitHub and Slack can put JSON into a field `payload`. */
function readForm(text: string): unknown {
  const fields = new URLSearchParams(text);
  const json = fields.get("payload");
  return json?.startsWith("{") === true ? parseJson(json) : Object.fromEntries(fields);
}
