// For people who write apps.
export type { AppFetchInit } from "./call/call-app.ts";
export { identity, withOwnCredentials, type Identity } from "./call/request-context.ts";
export { AppEnvironment, type AppEnvironmentOptions } from "./environment/app-environment.ts";
export { Environment, isEnvironment, type EnvironmentOptions } from "./environment/environment.ts";
export type { AttachHook, HookContext, LifecycleHook, ServerHook } from "./environment/hooks.ts";
export { appContext, type AppContext } from "./control/app-context.ts";
export type { Listening, ListenOptions } from "./control/listen.ts";
export {
  run,
  runAll,
  type RunAction,
  type RunAllOptions,
  type RunArguments,
  type RunHandle,
  type RunLogLine,
  type RunLogsOptions,
  type RunOptions,
} from "./control/run.ts";
export type { ReadToken, ReadTokenOptions } from "./control/read-token.ts";
export type { RunPhase } from "./control/run-phase.ts";
export type {
  ActionProgress,
  RunSnapshot,
  RunStreamOptions,
  StreamItem,
  StreamRestart,
} from "./control/run-streams.ts";
export { send, type SendOptions, type SentEvent } from "./control/send.ts";
export { deploy, serve, type AppHandle, type ServeOptions } from "./control/serve.ts";
export type { ControlPlaneOptions, ProgressAbout } from "./control/control-plane.ts";
export { traceIds, type TraceIds } from "./tracing/trace-ids.ts";
export { AppEnvError, type AppEnvErrorOptions } from "./errors/appenv-error.ts";
export { errorCatalogue, type ErrorCode, type ErrorEntry } from "./errors/catalogue.ts";
export { getParameter } from "./parameters/get-parameter.ts";
export type { ParameterOverrides } from "./parameters/override.ts";
export type { ParametersOf, ResolvedParameters, ResolvedValue } from "./parameters/parameters-of.ts";
export { plan, planSteps } from "./plan/plan.ts";
export { cron, fixedRate, triggerTime, type CronOptions } from "./task/triggers/automation.ts";
export { condition, type ConditionAnswer, type ConditionOptions, type ConditionTypes } from "./task/calls/condition.ts";
export { defineEvent, waitFor, type EventOptions, type EventType, type WaitForOptions } from "./task/calls/event.ts";
export { group } from "./task/calls/group.ts";
export { map, type MapInputs, type MapOptions } from "./task/calls/map.ts";
export { NonRetryableError } from "./task/non-retryable-error.ts";
export type { CallOptions } from "./task/calls/call-options.ts";
export type { TaskContext, TaskLog, TaskReport } from "./task/task-context.ts";
export type { TaskMetadata } from "./task/task-metadata.ts";
export type { TaskStream } from "./task/task-stream.ts";
export {
  TaskEnvironment,
  type ReusePolicyOptions,
  type TaskArgument,
  type TaskEnvironmentOptions,
  type TaskInput,
  type TaskOutput,
  type TaskReturn,
} from "./task/task-environment.ts";
export type { ReusePolicy, TaskFunction, TaskPlace } from "./task/task-function.ts";
export type { DebounceOptions, ThrottleOptions } from "./task/options/recurrence-options.ts";
export type {
  EmailDelivery,
  NotificationRule,
  NotifiedPhase,
  WebhookDelivery,
  WebhookMethod,
} from "./task/notify/notification-rule.ts";
export {
  email,
  slack,
  teams,
  webhook,
  type EmailOptions,
  type NotifyOptions,
  type SlackOptions,
  type TeamsOptions,
  type WebhookOptions,
} from "./task/notify/notifiers.ts";
export type { QueueKey, QueueOptions, RateOptions } from "./task/options/queue-options.ts";
export type {
  CacheBehavior,
  CacheOptions,
  RetryOptions,
  Schema,
  TaskOptions,
  TaskSettings,
  TaskTimeoutOptions,
} from "./task/options/task-options.ts";
export { now, random, uuid } from "./task/calls/recorded.ts";
export { sleep, sleepUntil, type SleepOptions } from "./task/calls/sleep.ts";
export { trace, type Traced, type TraceOptions } from "./task/calls/trace.ts";
export type { Cron, FixedRate, TriggerOptions } from "./task/triggers/trigger.ts";
export { uncancelled, type UncancelledOptions, type UncancelledScope } from "./task/calls/uncancelled.ts";
export { duration } from "./task/schema/duration.ts";
export type { Auth, AuthOptions, JwtRules } from "./values/auth.ts";
export { Domain, type DomainOptions } from "./values/domain.ts";
export type { Duration } from "./values/duration.ts";
export type { Health, HealthCheck, HealthOptions } from "./values/health.ts";
export { Image } from "./values/image.ts";
export type { ImageAdditions, ImageDefinition, ImagePlatform, NodeImageOptions } from "./values/image-definition.ts";
export type { Limits, LimitsOptions } from "./values/limits.ts";
export type { Link } from "./values/link.ts";
export { Parameter, type ParameterList, type ParameterOptions } from "./values/parameter.ts";
export {
  AppEndpoint,
  ArtifactValue,
  RunOutput,
  type ArtifactValueOptions,
  type ParameterType,
  type ParameterValue,
  type RunOutputOptions,
  type RunOutputType,
} from "./values/parameter-value.ts";
export { FlyteDir, FlyteFile } from "./values/places.ts";
export { Port, reservedPorts } from "./values/port.ts";
export { Resources, type RequestAndLimit, type ResourcesOptions } from "./values/resources.ts";
export { Scaling, type ScalingMetric, type ScalingOptions } from "./values/scaling.ts";
export { Secret, type SecretInput, type SecretOptions, type SecretsInput } from "./values/secret.ts";
export { Timeouts, type TimeoutsOptions } from "./values/timeouts.ts";
export {
  readTraffic,
  type RollbackOptions,
  type RollbackRules,
  type Sticky,
  type Traffic,
  type TrafficOptions,
} from "./values/traffic.ts";

// For people who write an adapter of another framework, or a backplane.
export type {
  AppHost,
  AsyncApiDocument,
  HealthNote,
  HostContext,
  HostExtension,
  HostListeners,
  OpenApiDocument,
  ServerResult,
  UpgradeListener,
} from "./host/app-host.ts";
export type {
  Backplane,
  BackplaneHistory,
  BackplaneMessage,
  Position,
  PublishOptions,
  Unsubscribe,
} from "./host/backplane.ts";
