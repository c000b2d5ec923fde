// The durable engine: runs, actions, triggers and their workers.
export type { ActionEvent, ActionRecord, AttemptRecord } from "./contracts/actions.ts";
export type { EventRecord, NewEvent, SentEvent } from "./contracts/events.ts";
export type { BackfillRecord, Backfills, NewBackfill } from "./contracts/backfills.ts";
export type { EnqueuedAction } from "./contracts/enqueue.ts";
export type { TaskEngine } from "./contracts/engine.ts";
export type { Listed, Page } from "./contracts/lists.ts";
export type { QueueControl, QueueKeyRecord, QueueRecord, QueuedAction } from "./contracts/queues.ts";
export type { QueueId, QueueLimits, QueuePause } from "./scheduler/queue-contract.ts";
export type { WaitReason } from "./scheduler/turn.ts";
export type { StreamBatch, StreamEntry, StreamReadOptions, StreamRecord } from "./contracts/streams.ts";
export type {
  NotificationRecord,
  NotificationSender,
  OutgoingNotification,
  SendResult,
} from "./contracts/notifications.ts";
export type { NewRun, RunCounts, RunEnd, RunRecord, RunFilter } from "./contracts/runs.ts";
export type { TaskRecord, TaskRegistry, TaskToDeploy } from "./contracts/tasks.ts";
export { timeBucketEnds, type TaskTotals, type TimeTotals } from "./contracts/totals.ts";
export type { TriggerId, TriggerRecord, Triggers } from "./contracts/triggers.ts";
export type { RunEnv, WorkerSpec } from "./contracts/workers.ts";
export type { ActionLogSink } from "./live/context.ts";
export type { RunFilesOwner } from "./contracts/files.ts";
export { openTaskEngine } from "./engine.ts";
export { openTaskRegistry } from "./registry/registry.ts";
export { openTaskStore } from "./store/task-store.ts";
export { waitText } from "./scheduler/wait-text.ts";
export { BackfillTable } from "./triggers/backfill-table.ts";
export { BackfillRunner } from "./triggers/backfills.ts";
export { endOfLink } from "./calls/condition-link.ts";
export { fireTrigger, inputsAt } from "./triggers/fire.ts";
export { triggerTable } from "./triggers/trigger-table.ts";
export { TriggerScheduler } from "./triggers/triggers.ts";
export type { ContainerProcess, ContainerProcesses, ContainerStart } from "./workers/container-process.ts";
export type { ProcessExit, PreparedProcess, TaskProcess, TaskProcesses } from "./workers/task-process.ts";
export { createWorkers } from "./workers/workers.ts";
