import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { ActionId } from "@appenv/protocol";
import type { LogContextSchema } from "@appenv/protocol/tasks";
import type { AttemptRecord } from "@appenv/engine";

/** Where an attempt's log comes from, in Flyte's terms: an attempt is a pod with one container. */
export function logContext(id: ActionId, attempt: AttemptRecord): MessageInitShape<typeof LogContextSchema> {
  const podName = `${id.run}-${id.action}-${attempt.attempt}`;
  const { startedAt, endedAt } = attempt;
  return {
    primaryPodName: podName,
    pods: [
      {
        namespace: `${id.project}-${id.domain}`,
        podName,
        primaryContainerName: podName,
        containers: [
          {
            containerName: podName,
            process: {
              ...(startedAt === undefined ? {} : { containerStartTime: timestampFromDate(startedAt) }),
              ...(endedAt === undefined ? {} : { containerEndTime: timestampFromDate(endedAt) }),
            },
          },
        ],
      },
    ],
  };
}
