import type { IncomingMessage, ServerResponse } from "node:http";
import { AppEnvError } from "@appenv/core";
import { EventStream } from "@appenv-internal/http/event-stream";
import { endEvent, firstOffset, restartEvent, valueEvent } from "@appenv-internal/http/run-stream-events";
import type { StreamEntry, TaskEngine } from "@appenv/engine";
import type { RunId } from "@appenv/protocol";
import { admittedAs } from "../access/principal.ts";

/** Begins the path of every stream: `/streams/PROJECT/DOMAIN/RUN/NAME`. */
export const streamsPath = "/streams/";

/**
 * Answers with a stream of a run as server-sent events, after `Last-Event-ID` or from `?from=`: the same events that an app
 * sends with `exposeRuns`.
 */
export async function sendStream(
  engine: Pick<TaskEngine, "readStream">,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const place = placeOf(request);
  const from = firstOffset(request);
  if (place === undefined) return refuse(response, 404, "A stream is at /streams/PROJECT/DOMAIN/RUN/NAME.");
  if (from === undefined) return refuse(response, 400, "The offset is no number from 0.");
  const { principal, ended } = admittedAs(request) ?? {};
  const { project, domain, run, name } = place;
  if (principal === undefined) return refuse(response, 401, "A credential is needed.");
  if (principal.kind === "app" && (principal.project !== project || principal.domain !== domain)) {
    return refuse(response, 403, `The token of ${principal.subject} is for another project or domain.`);
  }
  const leaving = new AbortController();
  response.once("close", () => leaving.abort());
  const signal = ended === undefined ? leaving.signal : AbortSignal.any([leaving.signal, ended]);
  try {
    const batches = engine.readStream({ project, domain, run }, name, { from, follow: true, signal });
    const events = new EventStream(response);
    for await (const { entries, end } of batches) {
      for (const entry of entries) await sendEntry(events, entry);
      if (end !== undefined) await events.send(endEvent(end));
    }
    events.end();
  } catch (error) {
    if (!AppEnvError.is(error, "NOT_FOUND")) throw error;
    refuse(response, 404, error.message);
  }
}

async function sendEntry(events: EventStream, { kind, offset, section, value }: StreamEntry): Promise<void> {
  if (kind === "value") await events.send(valueEvent(offset, value, section));
  if (kind === "restart") await events.send(restartEvent(offset, { ...section, replaces: section.replaces ?? 0 }));
}

function placeOf({ url = "" }: IncomingMessage): (RunId & { readonly name: string }) | undefined {
  const [path = ""] = url.split("?", 1);
  const parts = path.slice(streamsPath.length).split("/");
  const [project = "", domain = "", run = "", name = ""] = parts;
  if (parts.length !== 4 || parts.some((part) => !/^[\w.-]{1,200}$/.test(part))) return undefined;
  return { project, domain, run, name };
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${message}\n`);
}
