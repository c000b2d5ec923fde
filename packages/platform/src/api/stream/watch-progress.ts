import type { MessageInitShape } from "@bufbuild/protobuf";
import type { RunId } from "@appenv/protocol";
import type { ActionProgressSchema, WatchProgressResponseSchema } from "@appenv/protocol/tasks";
import { rootAction } from "../requests/ids.ts";
import { throwIfClosing } from "../rpc/errors.ts";
import { Following } from "../run/following.ts";
import type { RunReader } from "../run/run-reader.ts";

type Message = MessageInitShape<typeof ActionProgressSchema>;

/** Maximum actions that are read at once. */
const pageSize = 500;

/** The progress and the metadata of a run's actions as they are now, then those that change, until the run has ended. */
export async function* watchProgress(
  reader: RunReader,
  id: RunId,
  signal: AbortSignal,
): AsyncGenerator<MessageInitShape<typeof WatchProgressResponseSchema>> {
  reader.run(id);
  const changes = new Changes(reader, id);
  // Following before reading misses nothing.
  const following = new Following<string>(
    (tell) => reader.feed.ofRun(id, ({ id: { action } }) => tell(action, action)),
    signal,
  );
  try {
    let heard: string[] | "missed" | undefined = "missed";
    let isFirst = true;
    while (heard !== undefined && !signal.aborted) {
      const actions = changes.of(heard === "missed" ? allActions(reader, id) : heard);
      if (actions.length > 0 || isFirst) yield { actions };
      isFirst = false;
      if (reader.run(id).root.endedAt !== undefined) return;
      heard = await following.take();
    }
    throwIfClosing(signal);
  } finally {
    following.close();
  }
}

function* allActions({ engine }: RunReader, id: RunId): Generator<string> {
  yield rootAction;
  for (let token = "", isLast = false; !isLast; isLast = token === "") {
    const page = engine.listActions(id, { limit: pageSize, token });
    for (const { id: each } of page.items) if (each.action !== rootAction) yield each.action;
    token = page.token;
  }
}

/** Tells what a watcher has not been told. */
class Changes {
  readonly #reader: RunReader;
  readonly #id: RunId;
  readonly #told: Map<string, string> = new Map();

  constructor(reader: RunReader, id: RunId) {
    this.#reader = reader;
    this.#id = id;
  }

  of(actions: Iterable<string>): Message[] {
    return [...actions].flatMap((action) => {
      const message = this.#read(action);
      if (message === undefined) return [];
      const text = JSON.stringify(message);
      if (this.#told.get(action) === text) return [];
      this.#told.set(action, text);
      return [message];
    });
  }

  #read(action: string): Message | undefined {
    const { engine } = this.#reader;
    const id = { ...this.#id, action };
    const progress = engine.getAction(id)?.progress;
    const metadata = engine.metadata(id) ?? "";
    if (progress === undefined && metadata === "") return undefined;
    return { action, metadata, ...progress };
  }
}
