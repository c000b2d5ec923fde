import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { StreamEntry } from "@appenv/engine";
import type { StreamEntrySchema, StreamService } from "@appenv/protocol/tasks";
import { readRunId } from "../requests/ids.ts";
import { throwIfClosing } from "../rpc/errors.ts";
import type { RunReader } from "../run/run-reader.ts";
import { watchProgress } from "./watch-progress.ts";

/** AppEnv's own StreamService: see `stream.proto`. */
export function streamService(reader: RunReader): ServiceImpl<typeof StreamService> {
  const { engine } = reader;
  return {
    listStreams: ({ project, domain, run }) => ({
      streams: [...engine.streams(readRunId({ project, domain, name: run }))],
    }),
    readStream: async function* ({ project, domain, run, stream, from, present }, { signal }) {
      const id = readRunId({ project, domain, name: run });
      for await (const { entries, end } of engine.readStream(id, stream, { from, follow: !present, signal })) {
        yield { entries: entries.map(entryMessage), end: end ?? "" };
      }
      throwIfClosing(signal);
    },
    watchProgress: ({ project, domain, run }, { signal }) =>
      watchProgress(reader, readRunId({ project, domain, name: run }), signal),
  };
}

function entryMessage({ offset, kind, section, at, value }: StreamEntry): MessageInitShape<typeof StreamEntrySchema> {
  const { action, attempt } = section;
  const fields = { offset, at: timestampFromMs(at), section: section.section, action, attempt };
  if (kind === "value") return { ...fields, entry: { case: "value", value } };
  if (kind === "close") return { ...fields, entry: { case: "close", value: true } };
  return { ...fields, entry: { case: "restart", value: section.replaces ?? 0 } };
}
