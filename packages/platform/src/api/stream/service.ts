import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { StreamEntry } from "@appenv/engine";
import type { StreamEntrySchema, StreamService } from "@appenv/protocol/tasks";
import { invalidRequest, readRunId } from "../requests/ids.ts";
import { throwIfClosing } from "../rpc/errors.ts";
import type { RunReader } from "../run/run-reader.ts";
import type { ReadTokens } from "./read-tokens.ts";
import { watchProgress } from "./watch-progress.ts";

/** The longest time for which a token reads a run: it cannot be taken back. */
const mostSeconds = 7 * 24 * 3_600;

/** AppEnv's own StreamService: see `stream.proto`. */
export function streamService(reader: RunReader, tokens: ReadTokens): ServiceImpl<typeof StreamService> {
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
    createReadToken: ({ project, domain, run, seconds }) => {
      if (seconds < 1 || seconds > mostSeconds) throw invalidRequest("A token is good for 1 to 604,800 seconds.");
      const { id, root } = reader.run(readRunId({ project, domain, name: run }));
      const { token, url, expiresAt } = tokens.issue(id, root.createdAt, seconds);
      return { token, url, expiresAt: timestampFromDate(expiresAt) };
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
