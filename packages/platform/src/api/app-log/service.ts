import { timestampFromDate, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import type { AppLogService, ReadLogRequest } from "@appenv/protocol";
import type { AppController } from "../../apps/contract.ts";
import type { Logs } from "../../logs/apps/app-logs.ts";
import type { LogPosition } from "../../logs/read-before.ts";
import { readAppName } from "../requests/app-name.ts";

const mostLines = 2_000;
const mostBytes = 1024 * 1024;

/** AppEnv's own AppLogService: older lines in pages. */
export function appLogService(controller: AppController, logs: Logs): ServiceImpl<typeof AppLogService> {
  return {
    readLog: async ({ app, replica, before, limit, text }) => {
      const id = readAppName(app);
      if (controller.get(id) === undefined) {
        throw new AppEnvError("NOT_FOUND", `There is no app '${id.name}' in ${id.project}/${id.domain}.`);
      }
      const { lines, next } = await logs.before(id, positionsOf(before), {
        replica: replica === "" ? undefined : replica,
        text,
        lines: Math.min(limit || mostLines, mostLines),
        bytes: mostBytes,
      });
      return {
        lines: lines.map(({ replica: from, line: { timestamp, stream, message } }) => {
          return { at: timestampFromDate(timestamp), replica: from, stream, message };
        }),
        next: [...next].map(([name, { at, lines: count }]) => ({
          replica: name,
          at: timestampFromMs(at),
          lines: count,
        })),
      };
    },
  };
}

function positionsOf(before: ReadLogRequest["before"]): ReadonlyMap<string, LogPosition> {
  return new Map(
    before.map(({ replica, at, lines }) => [replica, { at: at === undefined ? 0 : timestampMs(at), lines }]),
  );
}
