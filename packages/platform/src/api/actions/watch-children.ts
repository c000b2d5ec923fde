import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ActionEvent, ActionRecord } from "@appenv/engine";
import type { ActionId } from "@appenv/protocol";
import {
  actionPhase,
  toActionIdentifier,
  type ActionUpdateSchema,
  type WatchForUpdatesResponseSchema,
} from "@appenv/protocol/tasks";
import type { RunFiles } from "../../tasks/containers/run-files.ts";
import { readActionData } from "../data-proxy/action-data.ts";
import { actionUri } from "../data-proxy/data-uris.ts";
import { throwIfClosing } from "../rpc/errors.ts";
import { Following } from "../run/following.ts";
import { hasSucceeded, isTerminal } from "../run/phases.ts";
import type { RunReader } from "../run/run-reader.ts";

/** The sources of what a watcher is told. */
export interface WatchSources {
  readonly reader: RunReader;
  readonly files: RunFiles;
}

type Response = MessageInitShape<typeof WatchForUpdatesResponseSchema>;

/** The children of an action as they are, a sentinel, then each that changes. @throws AppEnvError NOT_FOUND. */
export async function* watchChildren(
  sources: WatchSources,
  parent: ActionId,
  signal: AbortSignal,
): AsyncGenerator<Response> {
  const { reader } = sources;
  const watched = new WatchedChildren(sources, parent, isProgram(reader, reader.action(parent)));
  const following = new Following<ActionEvent>(
    (tell) => reader.feed.ofRun(parent, (event) => tell(event.id.action, event)),
    signal,
  );
  try {
    for (const page of pages(reader, parent)) yield* watched.news(page, "snapshot");
    yield { message: { case: "controlMessage", value: { sentinel: true } } };
    for (;;) {
      const heard = await following.take();
      if (heard === undefined) return throwIfClosing(signal);
      const changed = heard === "missed" ? pages(reader, parent) : [heard.map(({ action }) => action)];
      for (const page of changed) yield* watched.news(page, "change");
    }
  } finally {
    following.close();
  }
}

/** Answers true for the action of a container's program. */
function isProgram({ registry }: RunReader, { task }: ActionRecord): boolean {
  return task !== undefined && registry.get(task, task.version)?.definition?.launch.kind === "image";
}

/** The children of one action, as one watcher has been told of them. */
class WatchedChildren {
  readonly #sources: WatchSources;
  readonly #parent: ActionId;
  readonly #byProgram: boolean;
  readonly #told = new Map<string, number>();

  constructor(sources: WatchSources, parent: ActionId, byProgram: boolean) {
    this.#sources = sources;
    this.#parent = parent;
    this.#byProgram = byProgram;
  }

  /** News for the watcher among these actions. */
  async *news(actions: readonly ActionRecord[], when: "snapshot" | "change"): AsyncGenerator<Response> {
    for (const action of actions) {
      const { action: name } = action.id;
      if (action.parent !== this.#parent.action || (this.#told.get(name) ?? -1) >= action.revision) continue;
      this.#told.set(name, action.revision);
      if (!this.#byProgram || isForProgram(action, when)) {
        yield { message: { case: "actionUpdate", value: await this.#update(action) } };
      }
    }
  }

  async #update(action: ActionRecord): Promise<MessageInitShape<typeof ActionUpdateSchema>> {
    const { reader } = this.#sources;
    const { id, phase, kind, error } = action;
    const succeeded = hasSucceeded(phase);
    const value =
      succeeded && kind === "condition" ? readActionData(reader, id).outputs.literals?.[0]?.value : undefined;
    return {
      actionId: toActionIdentifier(id),
      phase: actionPhase(phase),
      outputUri: succeeded ? await this.#outputUri(action) : "",
      ...(value === undefined ? {} : { value }),
      ...(error === undefined ? {} : { error: errorOf(error) }),
    };
  }

  /** A program reads outputs as files: those of a trace by the file's own path, others by its directory. */
  async #outputUri({ id, kind }: ActionRecord): Promise<string> {
    const { reader, files } = this.#sources;
    if (!this.#byProgram) return actionUri(id, "outputs");
    const file = await files.write(id, "outputs.pb", reader.engine.outputs(id) ?? new Uint8Array());
    return kind === "trace" ? file : files.action(id);
  }
}

/**
 * A program is told of ends. If it heard of a child that it has not asked for in this attempt, it would wait for that instead
 * of asking, and nothing would wake the child after a restart. A trace that failed and may go well is computed again.
 */
function isForProgram({ phase, kind, error }: ActionRecord, when: "snapshot" | "change"): boolean {
  if (!isTerminal(phase)) return false;
  return !(when === "snapshot" && kind === "trace" && phase === "FAILED" && error?.retryable === true);
}

function errorOf({
  code,
  message,
  kind,
  retryable,
}: NonNullable<ActionRecord["error"]>): MessageInitShape<typeof ActionUpdateSchema>["error"] {
  return { code, message, kind: kind === "USER" ? 1 : 2, recoverability: retryable ? 1 : 0 };
}

function* pages({ engine }: RunReader, run: ActionId): Generator<readonly ActionRecord[]> {
  for (let token = "", isLast = false; !isLast; isLast = token === "") {
    const page = engine.listActions(run, { limit: 500, token });
    yield page.items;
    token = page.token;
  }
}
