import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import {
  fromIdentifier,
  LogLineOriginator,
  toIdentifier,
  type AppId,
  type AppLogsService,
  type TailLogsRequest,
  type TailLogsResponseSchema,
} from "@appenv/protocol";
import type { LogBatch, LogLine } from "../../logs/log-line.ts";
import type { Logs } from "../../logs/apps/app-logs.ts";
import type { StatusBoard } from "../app/status-board.ts";
import { throwIfClosing } from "../rpc/errors.ts";

type TailInit = MessageInitShape<typeof TailLogsResponseSchema>;

/** The size of a message, in bytes; gRPC clients take 4 MiB at most. */
const messageBytes = 1024 * 1024;

/**
 * Flyte's AppLogsService: first the replicas, then the last 1000 lines, then new ones while the client listens. An
 * empty batch says that the lines that were there are all sent, which Flyte's own backend does not tell.
 */
export function appLogsService(board: StatusBoard, logs: Logs): ServiceImpl<typeof AppLogsService> {
  return {
    tailLogs: async function* tailLogs({ target }, { signal }) {
      const { id, replica } = readTarget(target);
      const replicas = await selectReplicas(id, replica, { board, logs });
      if (replicas.length === 0 && !mayComeYet(board, id)) {
        throw new AppEnvError("NOT_FOUND", `There are no logs of ${describe(id, replica)}.`);
      }
      yield {
        resp: {
          case: "replicas",
          value: { replicas: replicas.map((name) => ({ appId: toIdentifier(id), name })) },
        },
      };
      const one = replica === undefined ? {} : { replica };
      let caughtUp = false;
      for await (const batches of logs.tail(id, { follow: true, signal, ...one })) {
        yield* messages(id, batches);
        if (!caughtUp) yield { resp: { case: "batches", value: { logs: [] } } };
        caughtUp = true;
      }
      throwIfClosing(signal);
    },
  };
}

async function selectReplicas(
  id: AppId,
  replica: string | undefined,
  { board, logs }: { readonly board: StatusBoard; readonly logs: Logs },
): Promise<string[]> {
  const running = board.get(id)?.app.replicas.map(({ name }) => name) ?? [];
  const all = [...new Set([...(await logs.replicas(id)), ...running])];
  return replica === undefined ? all : all.filter((name) => name === replica);
}

/** Tells whether an app that has not logged yet may do so without being deployed again. */
function mayComeYet(board: StatusBoard, id: AppId): boolean {
  const phase = board.get(id)?.app.phase;
  return phase !== undefined && phase !== "STOPPED";
}

function readTarget(target: TailLogsRequest["target"]): { id: AppId; replica: string | undefined } {
  if (target.case === "appId") return { id: fromIdentifier(target.value), replica: undefined };
  if (target.case === "replicaId") return { id: fromIdentifier(target.value.appId), replica: target.value.name };
  throw new AppEnvError("INVALID_OPTION", "The request names neither an app nor a replica.");
}

function describe(id: AppId, replica: string | undefined): string {
  const app = `the app '${id.name}' in ${id.project}/${id.domain}`;
  return replica === undefined ? app : `replica '${replica}' of ${app}`;
}

/** Lines as messages of about `messageBytes`. */
function* messages(id: AppId, batches: readonly LogBatch[]): Generator<TailInit> {
  let open: { replica: string; lines: LogLine[] }[] = [];
  let bytes = 0;
  for (const { replica, lines } of batches) {
    for (const line of lines) {
      const last = open.at(-1);
      if (last?.replica === replica) last.lines.push(line);
      else open.push({ replica, lines: [line] });
      bytes += line.message.length;
      if (bytes < messageBytes) continue;
      yield message(id, open);
      open = [];
      bytes = 0;
    }
  }
  if (open.length > 0) yield message(id, open);
}

function message(id: AppId, batches: readonly LogBatch[]): TailInit {
  const logs = batches.map(({ replica, lines }) => ({
    replicaId: { appId: toIdentifier(id), name: replica },
    structuredLines: lines.map(({ timestamp, stream, message: text }) => ({
      timestamp: timestampFromDate(timestamp),
      message: text,
      originator: stream === "platform" ? LogLineOriginator.SYSTEM : LogLineOriginator.USER,
    })),
  }));
  return { resp: { case: "batches", value: { logs } } };
}
