import type { MessageInitShape } from "@bufbuild/protobuf";
import type { RunId } from "@appenv/protocol";
import {
  actionPhase,
  type EnrichedActionSchema,
  type Filter,
  type WatchActionsResponseSchema,
} from "@appenv/protocol/tasks";
import type { ActionEvent, ActionRecord, RunRecord } from "@appenv/engine";
import { actionMessage } from "./messages.ts";
import { Following } from "./following.ts";
import { matcher } from "../requests/list-filter.ts";
import type { RunReader } from "./run-reader.ts";
import { RunTree } from "./run-tree.ts";
import { TaskLookup } from "../task/lookup.ts";
import { throwIfClosing } from "../rpc/errors.ts";

/** Maximum actions that are read at once, and sent in one message. */
const pageSize = 500;

/**
 * The actions of a run as they are, parents before their children, in messages of some hundred; then each that
 * changes, or whose children's phases do, until `signal` is aborted.
 */
export async function* watchActions(
  reader: RunReader,
  id: RunId,
  filters: readonly Filter[],
  signal: AbortSignal,
): AsyncGenerator<MessageInitShape<typeof WatchActionsResponseSchema>> {
  const run = reader.run(id);
  const tree = new RunTree(matcher(filters, fields));
  const tell = messages(reader, run, tree);
  // Following before reading misses nothing; an action that is heard of twice has the same revision.
  const following = new Following<ActionEvent>(
    (tellOf) => reader.feed.ofRun(id, (event) => tellOf(event.id.action, event)),
    signal,
  );
  try {
    let heard: ActionEvent[] | "missed" | undefined = "missed";
    while (heard !== undefined && !signal.aborted) {
      if (heard === "missed") yield* snapshot(reader, id, tree, tell);
      else {
        const actions = heard.map(({ action }) => action);
        for (const action of actions) tree.update(action);
        yield* tell(actions);
      }
      heard = await following.take();
    }
    return throwIfClosing(signal);
  } finally {
    following.close();
  }
}

const fields = {
  name: ({ name }: ActionRecord) => name,
  phase: ({ phase }: ActionRecord) => actionPhase(phase),
};

/** Makes messages of the changes since the last time. `read`: actions as they were just read; `only`: of those alone. */
type Tell = (
  read: readonly ActionRecord[],
  only?: "only",
) => Generator<MessageInitShape<typeof WatchActionsResponseSchema>>;

function* snapshot(
  reader: RunReader,
  id: RunId,
  tree: RunTree,
  tell: Tell,
): Generator<MessageInitShape<typeof WatchActionsResponseSchema>> {
  for (let token = "", isLast = false; !isLast; isLast = token === "") {
    const page = reader.engine.listActions(id, { limit: pageSize, token });
    for (const action of page.items) tree.update(action);
    // Parents are sent once more at the end, and not with each page of their children.
    yield* tell(page.items, "only");
    token = page.token;
  }
  yield* tell([]);
}

function messages(reader: RunReader, run: RunRecord, tree: RunTree): Tell {
  const tasks = new TaskLookup(reader.registry);
  return function* tell(read, only) {
    const known = new Map(read.map((action) => [action.id.action, action]));
    let open: MessageInitShape<typeof EnrichedActionSchema>[] = [];
    for (const { name, isShown, counts } of tree.takeTouched(only && known)) {
      const action = known.get(name) ?? reader.engine.getAction({ ...run.id, action: name });
      if (action === undefined) continue;
      const own = name === run.root.id.action ? run : undefined;
      open.push({ action: actionMessage(action, tasks, own), meetsFilter: isShown, childrenPhaseCounts: counts });
      if (open.length < pageSize) continue;
      yield { enrichedActions: open };
      open = [];
    }
    if (open.length > 0) yield { enrichedActions: open };
  };
}
