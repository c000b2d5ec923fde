// For the other packages of AppEnv; no promise is made to anybody else.
export {
  appNameOf,
  dependsOnTasksVar,
  dependsOnVar,
  endpointsVar,
  readNames,
  toldEndpoint,
} from "./call/known-apps.ts";
export { callApp } from "./call/call-app.ts";
export { addresseeHeader, misdirectedStatus } from "./call/addressee.ts";
export { largestKeptBody, type NotedDelivery } from "./call/noted-delivery.ts";
export { replayHeader, replayOf, setReplaySource, type Replay } from "./call/replays.ts";
export { currentNotes, openNotes, type CallCount, type Called, type Noted, type Notes } from "./call/notes.ts";
export { fetchWithin, lateAnswer, type FetchLimits } from "./call/fetch-within.ts";
export {
  callerCredentials,
  requestContext,
  runInRequest,
  type CallerCredentials,
  type RequestContext,
} from "./call/request-context.ts";
export { rememberServed, type ServedHere } from "./call/served-here.ts";
export { giveTools, importTool, type Tools } from "./control/import-tool.ts";
export type { RuntimeModule } from "./control/listen.ts";
export { setTokenSource } from "./call/token-source.ts";
export { endChannel, personChannel, waitingChannel, type CallWaiting } from "./control/channels.ts";
export type { AppAddress, ClientInternals } from "./control/client-internals.ts";
export { hasDependents } from "./environment/environment.ts";
export type { Hooks } from "./environment/hooks.ts";
export { appOptionNames } from "./environment/app-environment.ts";
export { runAllOptionNames, runOptionNames } from "./control/run.ts";
export { sendOptionNames } from "./control/send.ts";
export { controlPlaneOptionNames } from "./control/control-plane.ts";
export { checkOptions, type OptionNames } from "./errors/known-options.ts";
export { terminalJson, terminalText, type TextSink } from "./errors/terminal-text.ts";
export { didYouMean } from "./errors/nearest.ts";
export { fixOf } from "./errors/fix-of.ts";
export { invalidOption } from "./errors/invalid-option.ts";
export { isLibrary, isOwnCode } from "./errors/own-code.ts";
export { placeOf } from "./errors/place-of.ts";
export { comparePositions } from "./host/backplane.ts";
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
export { triggerOptionNames } from "./task/triggers/read-triggers.ts";
export { readAutomation } from "./task/triggers/automation.ts";
export { checkOf, type Check, type CheckDirection } from "./schema/check-of.ts";
export type { Checked, SchemaIssue } from "./schema/checked.ts";
export { isTask, readTaskInput, readTaskOutput } from "./task/define-task.ts";
export { logText, type LogLevel } from "./task/log-text.ts";
export { JsonMetadata } from "./task/json-metadata.ts";
export { currentTrace } from "./tracing/current-trace.ts";
export { tracedLines, tracedOutput } from "./tracing/traced-lines.ts";
export {
  flushSpans,
  hasActiveSpan,
  inSpan,
  isTraced,
  openSpan,
  type OpenSpan,
  type SpanStart,
} from "./tracing/open-span.ts";
export {
  actionSpan,
  attemptSpan,
  coldAttemptSpan,
  coldRequestSpan,
  nameRoute,
  phaseAttributes,
  queueSpan,
  requestSpan,
  runAttributes,
  runSpan,
  statusAttributes,
  stepSpan,
  waitSpan,
  type TracedAction,
} from "./tracing/spans.ts";
export {
  fromTraceVars,
  isTraceVar,
  parseTrace,
  readTrace,
  toTraceVars,
  traceText,
  type TraceHeaders,
} from "./tracing/trace-headers.ts";
export { checkStreamName, streamJson } from "./task/local-stream.ts";
export { parseValue } from "./task/schema/parse.ts";
export type { DebounceSettings, ThrottleSettings } from "./task/options/recurrence-options.ts";
export { readNotify } from "./task/notify/read-rules.ts";
export { fillTemplate, isOwnVariable, secretOf, variablesOf } from "./task/notify/templates.ts";
export type { KeyPath, QueueSettings, RateSettings } from "./task/options/queue-options.ts";
export { readPriority } from "./task/options/read-queue.ts";
export type { CachePolicy } from "./task/options/read-cache.ts";
export { checkedCall } from "./task/calls/checked-call.ts";
export type {
  ConditionCall,
  ConditionRequest,
  DeployedTask,
  EventRequest,
  RunContext,
  SleepRequest,
  TraceCall,
} from "./task/calls/run-context.ts";
export { answerSchemaOf, type AnswerSchema } from "./task/schema/answer-schema.ts";
export { taskInterfaceOf, valueTypeOf } from "./task/schema/value-type-of.ts";
export { branchAt, currentRunContext, runInContext } from "./task/calls/current-run-context.ts";
export { taskEnvironments } from "./task/task-environment.ts";
export type { InputVariable, OutputType, SeveralOutputs, TaskInterface, ValueType } from "./task/schema/value-type.ts";
export { durationMs } from "./values/duration.ts";
export { waitUntil } from "./values/wait-until.ts";
export { mebibytes, quantityValue } from "./values/resources.ts";
export { readRegistry } from "./values/image-definition.ts";
export { isReadAtStart } from "./values/start-vars.ts";
export { unusableSecret, type UnusableSecret } from "./values/unusable-secret.ts";
export { Listeners } from "./host/listeners.ts";
export {
  describeError,
  inBackground,
  isolated,
  onUnexpected,
  unexpected,
  type UnexpectedSink,
} from "./errors/unexpected.ts";
