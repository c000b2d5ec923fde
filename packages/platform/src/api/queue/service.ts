import { create } from "@bufbuild/protobuf";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import type { QueueControl, QueueId, QueueRecord } from "@appenv/engine";
import { QueueSchema, type Queue, type QueueName, type QueueService } from "@appenv/protocol/tasks";
import { principalKey, subjectOf } from "../access/principal.ts";
import { invalidRequest } from "../requests/ids.ts";
import { keyMessage, queueMessage, waitingMessage } from "./messages.ts";
import { watchQueues } from "./watch.ts";

/** Maximum number of keys, and of waiting actions, in one answer. */
const most = 1_000;

/** AppEnv's own QueueService: see `queue.proto`. */
export function queueService(queues: QueueControl): ServiceImpl<typeof QueueService> {
  return {
    listQueues: ({ project, domain }) => ({ queues: queues.list({ project, domain }).map(queueMessage) }),
    watchQueues: (request, { signal }) => watchQueues(queues, request, signal),
    getQueue: ({ queue, keys, from, limit, key }) => {
      const id = idOf(queue);
      return {
        queue: queueMessage(find(queues, id)),
        keys: queues.keys(id, Math.min(keys || 20, most)).map(keyMessage),
        waiting: queues.waiting(id, from, Math.min(limit || 50, most), key).map(waitingMessage),
      };
    },
    pauseQueue: async (name, context) => {
      await queues.pause(idOf(name), callerOf(context));
      return messageOf(queues, name);
    },
    resumeQueue: async (name) => {
      await queues.resume(idOf(name));
      return messageOf(queues, name);
    },
  };
}

function messageOf(queues: QueueControl, name: QueueName): Queue {
  return create(QueueSchema, queueMessage(find(queues, idOf(name))));
}

function callerOf({ values }: HandlerContext): string {
  const principal = values.get(principalKey);
  return principal === undefined ? "unknown" : subjectOf(principal);
}

function idOf(queue: QueueName | undefined): QueueId {
  if (queue === undefined || queue.name === "") throw invalidRequest("The request names no queue.");
  const { project, domain, name } = queue;
  if (project === "" || domain === "") throw invalidRequest("The request names no project or no domain.");
  return { project, domain, name };
}

function find(queues: QueueControl, id: QueueId): QueueRecord {
  const queue = queues.get(id);
  if (queue !== undefined) return queue;
  throw new AppEnvError("NOT_FOUND", `There is no queue '${id.name}' in ${id.project}/${id.domain}.`, {
    fix: "Look at the queues there are: `appenv get queue`.",
  });
}
