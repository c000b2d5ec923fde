import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import {
  LiteralSchema,
  OutputsSchema,
  toLiteral,
  type Literal,
  type RunService,
  type SignalEventRequest,
} from "@appenv/protocol/tasks";
import type { ActionRecord } from "@appenv/engine";
import { readActionData } from "../data-proxy/action-data.ts";
import { callerOf } from "../access/principal.ts";
import { namedIdentity } from "../identity/local-user.ts";
import { actionDetails, type SignalledValue, logContext, runDetails } from "./details.ts";
import { actionMessage, runMessage } from "./messages.ts";
import { readNewRun, type CreateRunContext } from "./create-run.ts";
import { actionUri } from "../data-proxy/data-uris.ts";
import { listActions, listRuns } from "./list.ts";
import { hasSucceeded } from "./phases.ts";
import { invalidRequest, readActionId, readRunId, rootOf } from "../requests/ids.ts";
import type { RunReader } from "./run-reader.ts";
import { watchAction, watchClusterEvents } from "./watch-action.ts";
import { watchActions } from "./watch-actions.ts";
import { watchGroups } from "./watch-groups.ts";
import { watchRuns } from "./watch-runs.ts";

/** Flyte's RunService. A run is accepted once it is on disk. */
export function runService(reader: RunReader, creating: CreateRunContext): ServiceImpl<typeof RunService> {
  const { engine } = reader;
  return {
    createRun: async (request, { requestHeader }) => {
      const key = requestHeader.get(idempotencyHeader) ?? "";
      const run = await engine.createRun(await readNewRun(request, key, creating));
      return { run: runMessage(run, reader.tasks()) };
    },
    abortRun: async ({ runId, reason }) => {
      await engine.abort(rootOf(reader.run(readRunId(runId)).id), reason || defaultReason);
      return {};
    },
    abortAction: async ({ actionId, reason }) => {
      await engine.abort(reader.action(readActionId(actionId)).id, reason || defaultReason);
      return {};
    },
    signalEvent: async ({ actionId, payload }, context) => {
      const value = toBinary(LiteralSchema, readPayload(payload));
      await engine.signal(readActionId(actionId), value, callerOf(context));
      return {};
    },
    getRunDetails: ({ runId }) => ({ details: runDetails(reader.run(readRunId(runId)), reader.tasks()) }),
    watchRunDetails: async function* watchRunDetails({ runId }, { signal }) {
      const { id } = reader.run(readRunId(runId));
      for await (const root of watchAction(reader, rootOf(id), signal)) {
        yield { details: runDetails({ ...reader.run(id), root }, reader.tasks()) };
      }
    },
    getActionDetails: ({ actionId }) => {
      const action = reader.action(readActionId(actionId));
      return { details: actionDetails(action, reader.tasks(), reader.runOf(action), signalled(reader, action)) };
    },
    watchActionDetails: async function* watchActionDetails({ actionId }, { signal }) {
      const tasks = reader.tasks();
      for await (const action of watchAction(reader, readActionId(actionId), signal)) {
        yield { details: actionDetails(action, tasks, reader.runOf(action), signalled(reader, action)) };
      }
    },
    getActionData: ({ actionId }) => readActionData(reader, readActionId(actionId)),
    getActionDataURIs: ({ actionId }) => {
      const { id, phase } = reader.action(readActionId(actionId));
      const outputsUri = hasSucceeded(phase) ? actionUri(id, "outputs") : "";
      return { inputsUri: actionUri(id, "inputs"), outputsUri };
    },
    listRuns: (request) => {
      const { items, token } = listRuns(engine, request);
      const tasks = reader.tasks();
      return { runs: items.map((run) => runMessage(run, tasks)), token };
    },
    watchRuns: ({ target }, { signal }) => watchRuns(reader, target, signal),
    listActions: (request) => {
      const { items, token } = listActions(reader, request);
      const tasks = reader.tasks();
      return { actions: items.map((action) => actionMessage(action, tasks, reader.runOf(action))), token };
    },
    watchActions: ({ runId, filter }, { signal }) => watchActions(reader, readRunId(runId), filter, signal),
    watchClusterEvents: ({ id, attempt }, { signal }) => watchClusterEvents(reader, readActionId(id), attempt, signal),
    watchGroups: (request, { signal }) => watchGroups(reader, request, signal),
    getActionLogContext: ({ actionId, attempt }) => {
      const action = reader.action(readActionId(actionId));
      const found = attempt === 0 ? action.attempts.at(-1) : action.attempts.find((one) => one.attempt === attempt);
      if (found !== undefined) return { logContext: logContext(action.id, found) };
      throw new AppEnvError("NOT_FOUND", `The action '${action.id.action}' has no attempt ${attempt}.`);
    },
  };
}

/** The value for a condition, as Flyte's Python client sends it. */
function readPayload(payload: SignalEventRequest["payload"]): Literal {
  switch (payload?.value.case) {
    case "boolValue":
      return toLiteral({ kind: "boolean" }, payload.value.value);
    case "intValue":
      return toLiteral({ kind: "integer", bigint: true }, payload.value.value);
    case "floatValue":
      return toLiteral({ kind: "float" }, payload.value.value);
    case "stringValue":
      return toLiteral({ kind: "string" }, payload.value.value);
    default:
      throw invalidRequest("The request has no value.");
  }
}

/** The value that a condition was signalled with, and by whom, if it was. */
function signalled(reader: RunReader, { id, kind, phase }: ActionRecord): SignalledValue | undefined {
  if (kind !== "condition" || !hasSucceeded(phase)) return undefined;
  const outputs = reader.engine.outputs(id);
  const output = outputs === undefined ? undefined : fromBinary(OutputsSchema, outputs).literals[0]?.value;
  const by = reader.engine.answeredBy(id) ?? "";
  if (output === undefined) return undefined;
  return { output, ...(by !== "" && { signalledBy: namedIdentity(by) }) };
}

/** The header by which two calls make one run. */
const idempotencyHeader = "Idempotency-Key";

/** As the open-source backend's. */
const defaultReason = "User requested abort";
