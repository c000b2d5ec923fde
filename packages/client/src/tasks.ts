// For people who run tasks and look after runs and triggers. An entry of its own since the messages of tasks take half as
// long again to load, and an app that calls another one, or `appenv serve`, does without them.
export {
  Deliveries,
  type Delivery,
  type DeliveryListOptions,
  type ReplayAnswer,
  type WholeDelivery,
} from "./deliveries.ts";
export { readGraph, type Graph, type GraphEdge, type GraphNode } from "./graph.ts";
export { listEvents, sendEvent as send, type EventListOptions, type KeptEvent } from "./event/send.ts";
export type { ActionInfo } from "./run/action.ts";
export type { ActionFailure } from "./run/failure.ts";
export type { RunListOptions } from "./run/list-runs.ts";
export type { ActionLogsOptions } from "./run/logs.ts";
export { changeRuns, type ChangeRunsOptions, type RunChange, type RunsChanged } from "./run/control/change-runs.ts";
export type { RunSelectionOptions } from "./run/control/selection.ts";
export { rerun, type RerunOptions } from "./run/rerun.ts";
export { runTask as run } from "./run/run-task.ts";
export type { RunNotification } from "./run/list-notifications.ts";
export type { StreamSummary } from "./run/list-streams.ts";
export { Run, type RunWaitOptions } from "./run/run.ts";
export { signal, signalText } from "./run/signal.ts";
export type { SignalValue } from "./run/signal-value.ts";
export type { WaitingCondition } from "./run/waiting-condition.ts";
export type { ActionValues } from "./run/values.ts";
export { Queue, type QueueGetOptions, type QueueKeyInfo, type WaitingAction } from "./queue/queue.ts";
export { Task, type TaskGetOptions, type TaskListOptions, type TaskSummary, type TaskVersion } from "./task/task.ts";
export {
  TaskClient,
  type DeployedTask,
  type InputOf,
  type OutputOf,
  type TaskClientOptions,
  type TaskNames,
} from "./typed/task-client.ts";
export { Backfill, type BackfillOptions, type BackfillWaitOptions } from "./trigger/backfill.ts";
export type { FireOptions } from "./trigger/firings.ts";
export { Trigger, type TriggerCreateOptions, type TriggerListOptions } from "./trigger/trigger.ts";

// For the command line; no promise is made to anybody else.
export { actionLabels, findAction } from "./run/action-labels.ts";
export { firstFailure } from "./run/first-failure.ts";
export type { Recording } from "./run/recording.ts";
export { outputToJson, valueFromText, valueToJson } from "@appenv/protocol/values";
