import { toBinary } from "@bufbuild/protobuf";
import type { IncomingMessage, ServerResponse } from "node:http";
import { LiteralSchema, toLiteral, valueFromText } from "@appenv/protocol/tasks";
import { invalidRequest } from "../requests/ids.ts";
import type { RunReader } from "../run/run-reader.ts";
import { actionPath, runPath, type RunForm } from "./run-paths.ts";
import { sendError } from "./run-pages.ts";

/** The longest form, in bytes. */
const maxBytes = 64 * 1024;

/** Carries out a form, and leads back to its page. Never rejects. */
export async function handleRunForm(
  { form, id }: RunForm,
  request: IncomingMessage,
  response: ServerResponse,
  reader: RunReader,
): Promise<void> {
  try {
    const action = reader.action(id);
    const fields = await readForm(request);
    if (form === "abort") await reader.engine.abort(action.id, "Aborted on the page");
    else await reader.engine.signal(action.id, readValue(action.condition?.type, fields.get("value") ?? ""));
    const location = action.parent === undefined ? runPath(action.id) : actionPath(action.id);
    response.writeHead(303, { location, "cache-control": "no-store" }).end();
  } catch (error) {
    sendError(response, error);
  }
}

function readValue(kind: "boolean" | "integer" | "float" | "string" | undefined, text: string): Uint8Array {
  if (kind === undefined) throw invalidRequest("The action is no condition.");
  return toBinary(LiteralSchema, toLiteral({ kind }, valueFromText({ kind }, text)));
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw invalidRequest("The form is too long.", `Send at most ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}
