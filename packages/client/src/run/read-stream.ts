import { timestampDate } from "@bufbuild/protobuf/wkt";
import { AppEnvError, type RunStreamOptions, type StreamItem } from "@appenv/core";
import { checkOptions, invalidOption, parseValue, type OptionNames } from "@appenv/core/internal";
import type { RunId } from "@appenv/protocol";
import type { StreamEntry } from "@appenv/protocol/tasks";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import { reopening } from "../transport/reopen.ts";
import { taskApi } from "./api.ts";

const names: OptionNames<RunStreamOptions> = { from: true, follow: true, signal: true, schema: true, onRestart: true };

/** The platform drops nothing of a slow reader, so a stream may last. In milliseconds. */
const renewAfterMs = 3_600_000;

/** See `Run.stream`. */
export function readStream<Value>(
  controlPlane: ControlPlane,
  id: RunId,
  name: string,
  options: RunStreamOptions<Value>,
): AsyncGenerator<StreamItem<Value>> {
  checkOptions(options, "Run.stream", names);
  const { from = 0 } = options;
  if (!Number.isSafeInteger(from) || from < 0) throw invalidOption("from of Run.stream", from, "a number from 0");
  requireStreams(controlPlane);
  return items(controlPlane, { ...id, stream: name }, options);
}

/** A stream as a request names it. */
type StreamName = RunId & { readonly stream: string };

async function* items<Value>(
  controlPlane: ControlPlane,
  id: StreamName,
  { from = 0, ...options }: RunStreamOptions<Value>,
): AsyncGenerator<StreamItem<Value>> {
  const { follow = true, signal = new AbortController().signal } = options;
  let next = from;
  const open = (ending: AbortSignal) =>
    taskApi(controlPlane).streams.readStream({ ...id, from: next, present: !follow }, { signal: ending });
  for await (const { entries, end } of reopening(open, () => controlPlane.relocate(), signal, renewAfterMs)) {
    for (const entry of entries) {
      next = entry.offset + 1;
      const item = await readEntry(entry, id.stream, options);
      if (item !== undefined) yield item;
    }
    if (end !== "") return;
  }
  signal.throwIfAborted();
}

async function readEntry<Value>(
  { offset, at, section, action, attempt, entry }: StreamEntry,
  stream: string,
  { schema, onRestart }: RunStreamOptions<Value>,
): Promise<StreamItem<Value> | undefined> {
  if (entry.case === "restart") onRestart?.({ offset, action, attempt, section, replaces: entry.value });
  if (entry.case !== "value") return undefined;
  const json: unknown = JSON.parse(entry.value);
  const what = `The value at offset ${offset} of the stream '${stream}'`;
  const value = schema === undefined ? json : await parseValue(schema, json, "INVALID_OUTPUT", what);
  return { offset, value: value as Value, action, section, at: at === undefined ? new Date(0) : timestampDate(at) };
}

/** Flyte's API has none. @throws AppEnvError UNSUPPORTED. */
export function requireStreams({ embedded, endpoint }: ControlPlane): void {
  if (embedded) return;
  throw new AppEnvError("UNSUPPORTED", `The control plane at ${endpoint} has no streams and no progress of runs.`, {
    fix: "Read them from an embedded platform; on a Flyte cluster look at the run's logs.",
  });
}
