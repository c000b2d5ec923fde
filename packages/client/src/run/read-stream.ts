import { timestampDate } from "@bufbuild/protobuf/wkt";
import { AppEnvError, type RunStreamOptions, type StreamItem, type StreamRestart } from "@appenv/core";
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
export type StreamName = RunId & { readonly stream: string };

async function* items<Value>(
  controlPlane: ControlPlane,
  id: StreamName,
  options: RunStreamOptions<Value>,
): AsyncGenerator<StreamItem<Value>> {
  const { schema, onRestart } = options;
  for await (const entry of readEntries(controlPlane, id, options)) {
    if (entry.type === "restart") onRestart?.(entry);
    if (entry.type !== "value") continue;
    const { offset, value, action, section, at } = entry;
    const what = `The value at offset ${offset} of the stream '${id.stream}'`;
    const checked = schema === undefined ? value : await parseValue(schema, value, "INVALID_OUTPUT", what);
    yield { offset, value: checked as Value, action, section, at };
  }
  options.signal?.throwIfAborted();
}

/** An entry of a stream as it is passed on. */
export type StreamEvent =
  | ({ readonly type: "value" } & StreamItem)
  | ({ readonly type: "restart" } & StreamRestart)
  /** `closed`, `run-ended` or `present`. */
  | { readonly type: "end"; readonly reason: string };

/** The entries of a stream, over restarts of the platform, until it ends for its reader or `signal` is aborted. */
export async function* readEntries(
  controlPlane: ControlPlane,
  id: StreamName,
  { from = 0, follow = true, signal = new AbortController().signal }: RunStreamOptions,
): AsyncGenerator<StreamEvent> {
  let next = from;
  const open = (ending: AbortSignal) =>
    taskApi(controlPlane).streams.readStream({ ...id, from: next, present: !follow }, { signal: ending });
  for await (const { entries, end } of reopening(open, () => controlPlane.relocate(), signal, renewAfterMs)) {
    for (const entry of entries) {
      next = entry.offset + 1;
      const event = readEntry(entry);
      if (event !== undefined) yield event;
    }
    if (end === "") continue;
    yield { type: "end", reason: end };
    return;
  }
}

function readEntry({ offset, at, section, action, attempt, entry }: StreamEntry): StreamEvent | undefined {
  if (entry.case === "restart") return { type: "restart", offset, action, attempt, section, replaces: entry.value };
  if (entry.case !== "value") return undefined;
  const time = at === undefined ? new Date(0) : timestampDate(at);
  return { type: "value", offset, value: JSON.parse(entry.value), action, section, at: time };
}

/** Flyte's API has none. @throws AppEnvError UNSUPPORTED. */
export function requireStreams({ embedded, endpoint }: ControlPlane): void {
  if (embedded) return;
  throw new AppEnvError("UNSUPPORTED", `The control plane at ${endpoint} has no streams and no progress of runs.`, {
    fix: "Read them from an embedded platform; on a Flyte cluster look at the run's logs.",
  });
}
