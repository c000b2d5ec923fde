// Everything about tasks, runs and triggers. It stands apart from the main entry, which apps load: these messages are
// as many again. What values need alone is lighter still: `@appenv/protocol/values`.

// Tasks in plain values, and how they are written in Flyte's messages.
export { actionPhase, actionPhaseName } from "./action-phase.ts";
export { fromTaskSpec } from "./from-task-spec.ts";
export {
  fromActionIdentifier,
  fromRunIdentifier,
  fromTaskIdentifier,
  toActionIdentifier,
  toRunIdentifier,
  toTaskIdentifier,
} from "./identifiers.ts";
export { interfaceOfSpec, toTypedInterface } from "./interface.ts";
export { fromRunSpec, toRunSpec } from "./run-spec.ts";
export { taskCommand } from "./task-container.ts";
export type {
  ActionId,
  ActionPhase,
  RunId,
  RunSettings,
  TaskDefinition,
  TaskId,
  TriggerDefinition,
} from "./task-definition.ts";
export { toTaskSpec } from "./task-spec.ts";
export { fromTaskTrigger, toTaskTrigger, type TriggerParts } from "./trigger.ts";

// Errors, with the parts that Flyte's message has no field for.
export { errorPartsOf, withErrorParts, type ErrorParts } from "../errors/error-info.ts";

// AppEnv's own service for tasks that are deployed together.
export { TaskDeploymentService } from "../generated/task_deployment_pb.ts";

// AppEnv's own service for conditions by their names.
export { ConditionService } from "../generated/condition_pb.ts";

// AppEnv's own service for clients that start many runs.
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
  cacheKey,
  childName,
  decodeInputs,
  decodeOutput,
  decodeValue,
  encodeInputs,
  encodeOutput,
  encodeValue,
  fillInputs,
  fromLiteral,
  fromLiteralType,
  inputsHash,
  toLiteral,
  toLiteralType,
  valueFromJson,
  valueFromText,
  valueToJson,
  type ChildParts,
  type Inputs,
  type Literal,
  type LiteralType,
  type NamedLiteral,
  type Outputs,
} from "../values/index.ts";
