import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ServiceImpl } from "@connectrpc/connect";
import type { NotificationRecord } from "@appenv/engine";
import { actionPhase, type NotificationSchema, type NotificationService } from "@appenv/protocol/tasks";
import { readRunId } from "../requests/ids.ts";
import type { RunReader } from "../run/run-reader.ts";

/** AppEnv's own NotificationService: see `notification.proto`. */
export function notificationService(reader: RunReader): ServiceImpl<typeof NotificationService> {
  return {
    listNotifications: ({ project, domain, run }) => {
      const { id } = reader.run(readRunId({ project, domain, name: run }));
      return { notifications: reader.engine.notifications(id).map(message) };
    },
  };
}

function message(record: NotificationRecord): MessageInitShape<typeof NotificationSchema> {
  const { phase, createdAt, nextAt, endedAt, ...rest } = record;
  return {
    ...rest,
    phase: actionPhase(phase),
    createdAt: timestampFromDate(createdAt),
    ...(nextAt && { nextAt: timestampFromDate(nextAt) }),
    ...(endedAt && { endedAt: timestampFromDate(endedAt) }),
  };
}
