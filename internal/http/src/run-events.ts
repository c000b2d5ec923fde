import type { IncomingMessage } from "node:http";
import type { ServerEvent } from "./event-sink.ts";
import type { ActionProgress, ShownRun } from "./shown-run.ts";

// The events of runs and of their streams: the same from the platform's API and from an app, over every transport.

/** A value: `{"value":...,"action":"a0","section":0}`, with its offset as the event's id. @param json - The value. */
export function valueEvent(offset: number, json: string, about: { action: string; section: number }): ServerEvent {
  const { action, section } = about;
  return { id: offset, data: `{"value":${json},"action":${JSON.stringify(action)},"section":${section}}` };
}

/** Says that the values of a section are void, in whose place another one begins. */
export function restartEvent(
  offset: number,
  { action, attempt, section, replaces }: { action: string; attempt: number; section: number; replaces: number },
): ServerEvent {
  return { id: offset, event: "restart", data: JSON.stringify({ action, attempt, section, replaces }) };
}

/** The last event of a stream: the reader need not come back. */
export function endEvent(reason: string): ServerEvent {
  return { event: "end", data: JSON.stringify({ reason }) };
}

/** A run in another phase than before; the last one has its output or its error. */
export function phaseEvent(run: ShownRun): ServerEvent {
  return { event: "phase", data: JSON.stringify(run) };
}

/** The latest progress and metadata of an action. */
export function progressEvent(action: ActionProgress): ServerEvent {
  return { event: "progress", data: JSON.stringify(action) };
}

/** The offset at which a reader goes on: after `Last-Event-ID`, or at `?from=`. Undefined if it is no number from 0. */
export function firstOffset({ headers, url = "" }: IncomingMessage): number | undefined {
  const last = headers["last-event-id"];
  const from = last === undefined ? new URLSearchParams(url.split("?", 2)[1]).get("from") : undefined;
  const text = last ?? from ?? "0";
  if (typeof text !== "string" || !/^\d{1,9}$/.test(text)) return undefined;
  return last === undefined ? Number(text) : Number(text) + 1;
}
