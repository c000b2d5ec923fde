import type { MessageInitShape } from "@bufbuild/protobuf";
import type { RunRecord } from "@appenv/engine";
import type { RunId } from "@appenv/protocol";
import type { WatchProgressResponseSchema } from "@appenv/protocol/tasks";
import { rootAction } from "../requests/ids.ts";
import { throwIfClosing } from "../rpc/errors.ts";
import { Following } from "../run/following.ts";
import type { RunReader } from "../run/run-reader.ts";

/** The latest word of an action about itself, as its message says it. */
export interface ActionWord {
  readonly action: string;
  /** Undefined if it has reported none. */
  readonly done?: number;
  readonly total?: number;
  readonly message?: string;
  /** A JSON object; empty if it has set none. */
  readonly metadata: string;
}

/** Maximum actions that are read at once. */
const pageSize = 500;

/** The progress and the metadata of a run's actions as they are now, then those that change, until the run has ended. */
export async function* watchProgress(
  reader: RunReader,
  id: RunId,
  signal: AbortSignal,
): AsyncGenerator<MessageInitShape<typeof WatchProgressResponseSchema>> {
  let isFirst = true;
  for await (const { actions } of followProgress(reader, id, signal)) {
    if (actions.length > 0 || isFirst) yield { actions: [...actions] };
    isFirst = false;
  }
  throwIfClosing(signal);
}

/** A run after some of its actions have changed. */
export interface ChangedRun {
  readonly run: RunRecord;
  /** The latest word of the actions that said something new. */
  readonly actions: readonly ActionWord[];
}

/** A run as it is now, then after each change, until it has ended or the signal is aborted. @throws AppEnvError NOT_FOUND. */
export async function* followProgress(reader: RunReader, id: RunId, signal: AbortSignal): AsyncGenerator<ChangedRun> {
  reader.run(id);
  const changes = new Changes(reader, id);
  // Following before reading misses nothing.
  const following = new Following<string>(
    (tell) => reader.feed.ofRun(id, ({ id: { action } }) => tell(action, action)),
    signal,
  );
  try {
    let heard: string[] | "missed" | undefined = "missed";
    while (heard !== undefined && !signal.aborted) {
      const actions = changes.of(heard === "missed" ? allActions(reader, id) : heard);
      const run = reader.run(id);
      yield { run, actions };
      if (run.root.endedAt !== undefined) return;
      heard = await following.take();
    }
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

  of(actions: Iterable<string>): ActionWord[] {
    return [...actions].flatMap((action) => {
      const message = this.#read(action);
      if (message === undefined) return [];
      const text = JSON.stringify(message);
      if (this.#told.get(action) === text) return [];
      this.#told.set(action, text);
      return [message];
    });
  }

  #read(action: string): ActionWord | undefined {
    const { engine } = this.#reader;
    const id = { ...this.#id, action };
    const progress = engine.getAction(id)?.progress;
    const metadata = engine.metadata(id) ?? "";
    if (progress === undefined && metadata === "") return undefined;
    return { action, metadata, ...progress };
  }
}
