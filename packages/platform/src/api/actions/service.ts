import { toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import type { ActionId } from "@appenv/protocol";
import {
  actionPhase,
  LiteralSchema,
  toActionIdentifier,
  type ActionsService,
  type ActionUpdateSchema,
  type WatchForUpdatesResponseSchema,
} from "@appenv/protocol/tasks";
import type { ActionEvent, ActionRecord } from "@appenv/engine";
import { readActionData } from "../data-proxy/action-data.ts";
import { actionUri } from "../data-proxy/data-uris.ts";
import { Following } from "../run/following.ts";
import { hasSucceeded } from "../run/phases.ts";
import { invalidRequest, readActionId } from "../requests/ids.ts";
import type { RunReader } from "../run/run-reader.ts";
import { throwIfClosing } from "../rpc/errors.ts";

/**
 * Flyte's ActionsService. Actions are made here by the platform's own workers, which speak to it directly: a runtime
 * of another SDK, which would enqueue them through this service, cannot run on this machine.
 */
export function actionsService(reader: RunReader): ServiceImpl<typeof ActionsService> {
  const { engine } = reader;
  return {
    enqueue: () => {
      throw refused("make actions");
    },
    update: () => {
      throw refused("tell how actions stand");
    },
    watchForUpdates: ({ filter }, { signal }) => {
      if (filter.case !== "parentActionId") throw invalidRequest("The request names no parent action.");
      return watchChildren(reader, readActionId(filter.value), signal);
    },
    abort: async ({ actionId, reason }) => {
      await engine.abort(reader.action(readActionId(actionId)).id, reason || "Aborted by its runtime");
      return {};
    },
    signal: async ({ actionId, value }) => {
      if (value === undefined) throw invalidRequest("The request has no value.");
      await engine.signal(readActionId(actionId), toBinary(LiteralSchema, value));
      return {};
    },
  };
}

function refused(what: string): ConnectError {
  return new ConnectError(
    `On this platform only its own workers ${what}; tasks of other SDKs run on a Flyte cluster.`,
    Code.Unimplemented,
  );
}

/** The children of an action as they are, a sentinel, then each that changes. @throws AppEnvError NOT_FOUND. */
async function* watchChildren(
  reader: RunReader,
  parent: ActionId,
  signal: AbortSignal,
): AsyncGenerator<MessageInitShape<typeof WatchForUpdatesResponseSchema>> {
  reader.action(parent);
  const isChild = (action: ActionRecord): boolean => action.parent === parent.action;
  const following = new Following<ActionEvent>(
    (tell) => reader.feed.ofRun(parent, (event) => tell(event.id.action, event)),
    signal,
  );
  const told = new Map<string, number>();
  const news = (actions: readonly ActionRecord[]): MessageInitShape<typeof WatchForUpdatesResponseSchema>[] =>
    actions.flatMap((action) => {
      if (!isChild(action) || (told.get(action.id.action) ?? -1) >= action.revision) return [];
      told.set(action.id.action, action.revision);
      return [{ message: { case: "actionUpdate", value: update(reader, action) } }];
    });
  try {
    for (const page of pages(reader, parent)) yield* news(page);
    yield { message: { case: "controlMessage", value: { sentinel: true } } };
    for (;;) {
      const heard = await following.take();
      if (heard === undefined) return throwIfClosing(signal);
      if (heard !== "missed") yield* news(heard.map(({ action }) => action));
      else for (const page of pages(reader, parent)) yield* news(page);
    }
  } finally {
    following.close();
  }
}

function* pages({ engine }: RunReader, run: ActionId): Generator<readonly ActionRecord[]> {
  for (let token = "", isLast = false; !isLast; isLast = token === "") {
    const page = engine.listActions(run, { limit: 500, token });
    yield page.items;
    token = page.token;
  }
}

function update(reader: RunReader, action: ActionRecord): MessageInitShape<typeof ActionUpdateSchema> {
  const { id, phase, kind, error } = action;
  const succeeded = hasSucceeded(phase);
  const value = succeeded && kind === "condition" ? readActionData(reader, id).outputs.literals?.[0]?.value : undefined;
  return {
    actionId: toActionIdentifier(id),
    phase: actionPhase(phase),
    outputUri: succeeded ? actionUri(id, "outputs") : "",
    ...(value === undefined ? {} : { value }),
    ...(error === undefined
      ? {}
      : { error: { code: error.code, message: error.message, kind: error.kind === "USER" ? 1 : 2 } }),
  };
}
