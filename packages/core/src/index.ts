// For people who write apps.
export type { AppFetchInit } from "./call/call-app.ts";
export { identity, withOwnCredentials, type Identity } from "./call/request-scope.ts";
export { AppEnvironment, type AppEnvironmentOptions } from "./environment/app-environment.ts";
export { Environment, isEnvironment, type EnvironmentOptions } from "./environment/environment.ts";
export type { AttachHook, HookContext, LifecycleHook, ServerHook } from "./environment/hooks.ts";
export { appContext, type AppContext } from "./control/app-context.ts";
export type { Listening, ListenOptions } from "./control/listen.ts";
export {
  run,
  type RunAction,
  type RunArguments,
  type RunHandle,
  type RunLogLine,
  type RunLogsOptions,
  type RunOptions,
  type RunPhase,
} from "./control/run.ts";
export {
  deploy,
  serve,
  type AppHandle,
  type ProgressAbout,
  type ServeOptions,
  type TargetOptions,
} from "./control/serve.ts";
export { AppEnvError, type AppEnvErrorOptions } from "./errors/appenv-error.ts";
export { errorCatalogue, type ErrorCode, type ErrorEntry } from "./errors/catalogue.ts";
export { getParameter } from "./parameters/get-parameter.ts";
export type { ParameterOverrides } from "./parameters/override.ts";
export type { ParametersOf, ResolvedParameters, ResolvedValue } from "./parameters/parameters-of.ts";
export { plan, planSteps } from "./plan/plan.ts";
export { cron, fixedRate, triggerTime, type CronOptions } from "./task/automation.ts";
export { condition, type ConditionOptions, type ConditionTypes } from "./task/condition.ts";
export { group } from "./task/group.ts";
export { map, type MapInputs, type MapOptions } from "./task/map.ts";
export { NonRetryableError } from "./task/non-retryable-error.ts";
export type { CallOptions } from "./task/run-scope.ts";
export type { TaskContext, TaskLog, TaskReport } from "./task/task-context.ts";
export {
  TaskEnvironment,
  type ReusePolicy,
  type ReusePolicyOptions,
  type TaskArgument,
  type TaskEnvironmentOptions,
  type TaskInput,
  type TaskOutput,
  type TaskReturn,
} from "./task/task-environment.ts";
export type { TaskFunction } from "./task/task-function.ts";
export type {
  CacheBehavior,
  CacheOptions,
  RetryOptions,
  Schema,
  TaskOptions,
  TaskSettings,
  TaskTimeoutOptions,
} from "./task/task-options.ts";
export { trace, type Traced, type TraceOptions } from "./task/trace.ts";
export type { Cron, FixedRate, TriggerOptions } from "./task/trigger.ts";
export { uncancelled, type UncancelledOptions, type UncancelledScope } from "./task/uncancelled.ts";
export { duration } from "./task/schema/duration.ts";
export type { Auth, AuthOptions, JwtRules } from "./values/auth.ts";
export { Domain, type DomainOptions } from "./values/domain.ts";
export type { Duration } from "./values/duration.ts";
export type { Health, HealthCheck, HealthOptions } from "./values/health.ts";
export { Image } from "./values/image.ts";
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
export { Dir, File } from "./values/places.ts";
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

// For other packages of AppEnv, and for adapters of other frameworks.
export { appNameOf, dependsOnVar, endpointsVar, readNames, toldEndpoint } from "./call/known-apps.ts";
export { addresseeHeader, misdirectedStatus } from "./call/addressee.ts";
export { fetchWithin, type FetchLimits } from "./call/fetch-within.ts";
export {
  callerCredentials,
  requestScope,
  runInRequest,
  type CallerCredentials,
  type RequestScope,
} from "./call/request-scope.ts";
export { rememberServed, type ServedHere } from "./call/served-here.ts";
export { importTool } from "./control/import-tool.ts";
export type { RuntimeModule } from "./control/listen.ts";
export { setTokenSource } from "./call/token-source.ts";
export type { AppAddress, ClientModule } from "./control/serve.ts";
export { hasDependents } from "./environment/environment.ts";
export type { Hooks } from "./environment/hooks.ts";
export { report } from "./errors/report.ts";
export { appOptionNames } from "./environment/app-environment.ts";
export { runOptionNames } from "./control/run.ts";
export { targetOptionNames } from "./control/serve.ts";
export { checkOptions, type OptionNames } from "./errors/known-options.ts";
export { terminalJson, terminalText, type TextSink } from "./errors/terminal-text.ts";
export { didYouMean } from "./errors/nearest.ts";
export { fixOf } from "./errors/fix-of.ts";
export { invalidOption } from "./errors/invalid-option.ts";
export { placeOf } from "./errors/place-of.ts";
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
export {
  comparePositions,
  type Backplane,
  type BackplaneHistory,
  type BackplaneMessage,
  type Position,
  type PublishOptions,
  type Unsubscribe,
} from "./host/backplane.ts";
export { checkParameters, giveParameters, type ParameterOwner } from "./parameters/give.ts";
export { rememberParameters } from "./parameters/get-parameter.ts";
export {
  giveParameter,
  parametersVar,
  readGivenParameters,
  type GivableValue,
  type GivenParameter,
} from "./parameters/given.ts";
export { overrideParameters } from "./parameters/override.ts";
export { tellListeners } from "./host/tell-listeners.ts";
export { ProcessBackplane } from "./host/process-backplane.ts";
export { TopicLogs } from "./host/topic-logs.ts";
export { triggerOptionNames } from "./task/read-triggers.ts";
export { readAutomation } from "./task/automation.ts";
export { checkOf, type Check, type CheckDirection, type Checked, type SchemaIssue } from "./schema/check-of.ts";
export { isTask, readTaskInput, readTaskOutput } from "./task/define-task.ts";
export { logText, type LogLevel } from "./task/log-text.ts";
export { parseValue } from "./task/parse.ts";
export type { CachePolicy } from "./task/read-cache.ts";
export type { ConditionRequest, RunScope, TraceCall } from "./task/run-scope.ts";
export { taskInterfaceOf, valueTypeOf } from "./task/value-type-of.ts";
export { branchAt, currentScope, runInScope } from "./task/scope.ts";
export { taskEnvironments } from "./task/task-environments.ts";
export type { InputVariable, TaskInterface, ValueType } from "./task/value-type.ts";
export { durationMs } from "./values/duration.ts";
export { quantityValue } from "./values/resources.ts";
export { isReadAtStart } from "./values/start-vars.ts";
export { unusableSecret, type UnusableSecret } from "./values/unusable-secret.ts";
