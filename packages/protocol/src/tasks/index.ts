// Tasks, runs and triggers. An entry of its own, since these messages are as many again as those of apps: a client that
// only serves apps does not load them.

// Tasks in plain values, and how they are written in Flyte's messages.
export { actionPhase, actionPhaseName } from "./action-phase.ts";
export { completeInputs } from "./complete-inputs.ts";
export { readErrorDocument, type ContainerError } from "./error-document.ts";
export { fromContainerSpec } from "./from-container-spec.ts";
export { fromTaskSpec } from "./from-task-spec.ts";
export {
  fromActionIdentifier,
  fromRunIdentifier,
  fromTaskIdentifier,
  toActionIdentifier,
  toRunIdentifier,
  toTaskIdentifier,
} from "./identifiers.ts";
export { interfaceOfSpec } from "./interface.ts";
export { readSchedule, resolveDelay, toScheduleAnnotations, type RunSchedule } from "./run-schedule.ts";
export { fromRunSpec, toAnnotations, toRunSpec } from "./run-spec.ts";
export type {
  ActionId,
  ActionPhase,
  RunId,
  RunSettings,
  TaskDefinition,
  TaskId,
  TriggerDefinition,
} from "./task-definition.ts";
export { awaitedEvent, eventFunction, eventWaitName } from "./event-name.ts";
export { fromNotificationSettings, toNotificationSettings } from "./notification-rules.ts";
export { sleepEnd, sleepName } from "./sleep-name.ts";
export { toTaskSpec } from "./task-spec.ts";
export { fromTaskTrigger, toTaskTrigger, type TriggerParts } from "./trigger.ts";

// Parts of errors that Flyte's message has no field for.
export { errorPartsOf, withErrorParts, type ErrorParts } from "../errors/error-info.ts";

// AppEnv's own services: tasks that are deployed together, conditions by their names, firings of triggers, times and
// reasons of actions, runs from an action of another one, many runs at once or over one stream, and what runs write while they
// run.
export { TaskDeploymentService } from "../generated/task_deployment_pb.ts";
export { ConditionService } from "../generated/condition_pb.ts";
export {
  DeliverySchema,
  WatchDeliveriesResponseSchema,
  WebhookService,
  type Delivery as DeliveryMessage,
  type GetDeliveryResponse,
  type WatchDeliveriesResponse,
} from "../generated/webhook_pb.ts";
export {
  GetGraphResponseSchema,
  GraphEdgeSchema,
  GraphSchema,
  GraphService,
  WatchGraphResponseSchema,
  type Graph as GraphMessage,
  type GraphEdge as GraphEdgeMessage,
  type GraphNode as GraphNodeMessage,
  type WatchGraphResponse,
} from "../generated/graph_pb.ts";
export {
  BackfillSchema,
  BackfillService,
  type Backfill as BackfillMessage,
  type StartBackfillRequest,
} from "../generated/backfill_pb.ts";
export {
  EventService,
  KeptEventSchema,
  type EventWait,
  type KeptEvent,
  type SendEventRequest,
} from "../generated/event_pb.ts";
export { FiringService, FiringsSchema, type Firings, type TriggerRef } from "../generated/firing_pb.ts";
export {
  ExplainedActionSchema,
  ExplainService,
  QueueWaitSchema,
  type QueueWait,
  type ExplainedAction,
} from "../generated/explain_pb.ts";
export {
  QueuedActionSchema,
  QueueKeySchema,
  QueueSchema,
  QueueService,
  ListQueuesResponseSchema,
  type GetQueueResponse,
  type ListQueuesResponse,
  type Queue,
  type QueuedAction,
  type QueueKey,
  type QueueName,
} from "../generated/queue_pb.ts";
export {
  NotificationService,
  NotificationSchema,
  type Notification as NotificationMessage,
} from "../generated/notification_pb.ts";
export { RerunService } from "../generated/rerun_pb.ts";
export {
  ActionProgressSchema,
  StreamEntrySchema,
  StreamService,
  WatchProgressResponseSchema,
  type ActionProgress,
  type ReadStreamResponse,
  type StreamEntry,
} from "../generated/stream_pb.ts";
export {
  RunControlService,
  FailedChangeSchema,
  type ChangeRunsRequest,
  type ChangeRunsResponse,
  type ChangeRunsResponseSchema,
  type FailedChange,
  type FoundRun,
  type RunCounts,
  type RunSelection,
  type RunSelectionSchema,
  type StartRunsRequest,
} from "../generated/run_control_pb.ts";
export {
  ExchangeRequestSchema,
  ExchangeResponseSchema,
  RunStreamService,
  type EndedRun,
  type ExchangeRequest,
  type ExchangeResponse,
  type FollowRun,
  type RefusedCall,
  type StartRun,
  type StartedRun,
} from "../generated/run_stream_pb.ts";

// Flyte's services and messages: the list is that of `internal/flyteidl2/src/tasks.ts`, kept there alone.
export * from "@appenv-internal/flyteidl2/tasks";

// Values and their types, in plain data and in Flyte's messages.
export {
  BlobType_BlobDimensionality,
  InputsSchema,
  LiteralSchema,
  LiteralTypeSchema,
  NamedLiteralSchema,
  OutputsSchema,
  SimpleType,
  answerFromJson,
  answerFromText,
  answerType,
  cacheKey,
  childName,
  decodeInputs,
  decodeOutput,
  decodeValue,
  encodeInputs,
  encodeOutput,
  encodeValue,
  fillInputs,
  fillRunTime,
  fromLiteral,
  fromLiteralType,
  inputsHash,
  jsonLiteral,
  readAnswer,
  sampleOf,
  toLiteral,
  toLiteralType,
  valueFromJson,
  valueFromText,
  lacksRunTime,
  leaveOutRunTime,
  outputToJson,
  valueToJson,
  type AskedValue,
  type ChildParts,
  type Inputs,
  type Literal,
  type LiteralType,
  type NamedLiteral,
  type Outputs,
} from "../values/index.ts";
