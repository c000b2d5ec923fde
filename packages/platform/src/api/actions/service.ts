import { toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { LiteralSchema, type ActionsService } from "@appenv/protocol/tasks";
import { callerOf } from "../access/principal.ts";
import { invalidRequest, readActionId } from "../requests/ids.ts";
import { readEnqueued } from "./read-enqueued.ts";
import { watchChildren, type WatchSources } from "./watch-children.ts";

/**
 * Flyte's ActionsService, over which the program of a container makes children of its action, and hears of their ends. The
 * platform's own workers speak to it directly.
 */
export function actionsService(sources: WatchSources): ServiceImpl<typeof ActionsService> {
  const { reader, files } = sources;
  const { engine } = reader;
  return {
    enqueue: async (request) => {
      const { parent, asked } = await readEnqueued(request, files);
      await engine.enqueue(parent, asked);
      return {};
    },
    update: () => {
      throw new ConnectError("On this platform only the platform itself tells how actions stand.", Code.Unimplemented);
    },
    watchForUpdates: ({ filter }, { signal }) => {
      if (filter.case !== "parentActionId") throw invalidRequest("The request names no parent action.");
      return watchChildren(sources, readActionId(filter.value), signal);
    },
    abort: async ({ actionId, reason }) => {
      await engine.abort(reader.action(readActionId(actionId)).id, reason || "Aborted by its runtime");
      return {};
    },
    signal: async ({ actionId, value }, context) => {
      if (value === undefined) throw invalidRequest("The request has no value.");
      await engine.signal(readActionId(actionId), toBinary(LiteralSchema, value), callerOf(context));
      return {};
    },
  };
}
