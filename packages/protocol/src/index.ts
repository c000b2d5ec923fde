// For people who write a client of the control plane: the services, the messages, and apps in plain values. Entries that
// stand apart save imports: tasks (`./tasks`), their values (`./values`) and secrets (`./secrets`).

// Apps in plain values, and how they are written in Flyte's messages.
export type {
  AppDefinition,
  AppId,
  AppLaunch,
  ResourceAmount,
  SecretReference,
  TrafficPolicy,
} from "./app-definition.ts";
export { fromIdentifier, toIdentifier } from "./app-id.ts";
export { errorCodeHeader, errorFixHeader } from "./error-metadata.ts";
export { defaultOrganization, nameOrganization, withOrganization } from "./organization.ts";
export { fromSpec } from "./spec/from-spec.ts";
export { toSpec } from "./spec/to-spec.ts";

// Tasks in plain values, and how they are written in Flyte's messages.
export type {
  ActionId,
  ActionPhase,
  RunId,
  RunSettings,
  TaskDefinition,
  TaskId,
  TriggerDefinition,
} from "./tasks/task-definition.ts";

// AppEnv's own services, for what Flyte's open-source API lacks.
export {
  ApiKeySchema,
  ApiKeyService,
  CreateApiKeyRequestSchema,
  CreateApiKeyResponseSchema,
  ListApiKeysRequestSchema,
  ListApiKeysResponseSchema,
  RevokeApiKeyRequestSchema,
  RevokeApiKeyResponseSchema,
  type ApiKey,
} from "./generated/api_key_pb.ts";
export {
  ListRevisionsRequestSchema,
  ListRevisionsResponseSchema,
  RevisionService,
  SetTrafficRequestSchema,
  SetTrafficResponseSchema,
  type Revision as RevisionMessage,
} from "./generated/revision_pb.ts";

// Flyte's services and the messages AppEnv speaks.
export {
  AppLogsService,
  AppSchema,
  AppService,
  AuthMetadataService,
  ClusterService,
  ConditionSchema,
  ContainerPortSchema,
  ContainerSchema,
  CreateEventSchema,
  CreateRequestSchema,
  CreateResponseSchema,
  CreateUploadLocationRequestSchema,
  CreateUploadLocationResponseSchema,
  DataProxyService,
  DeleteEventSchema,
  DeleteRequestSchema,
  DeleteResponseSchema,
  Filter_Function,
  GetRequestSchema,
  GetResponseSchema,
  IdentifierSchema,
  IngressSchema,
  K8sPodSchema,
  KeyValuePairSchema,
  ListRequestSchema,
  ListResponseSchema,
  LogLineOriginator,
  LogLineSchema,
  LogLinesBatchSchema,
  LogLinesSchema,
  MetaSchema,
  ProjectIdentifierSchema,
  ReplicaIdentifierListSchema,
  ReplicaIdentifierSchema,
  ResourcesSchema,
  Resources_ResourceEntrySchema,
  Resources_ResourceName,
  SecretSchema,
  Secret_MountType,
  SpecSchema,
  Spec_DesiredState,
  Sort_Direction,
  StatusSchema,
  Status_DeploymentStatus,
  TailLogsRequestSchema,
  TailLogsResponseSchema,
  UpdateEventSchema,
  UpdateRequestSchema,
  UpdateResponseSchema,
  WatchRequestSchema,
  WatchResponseSchema,
  type App as AppMessage,
  type Condition,
  type Container,
  type CreateUploadLocationRequest,
  type Identifier,
  type ListRequest,
  type ListResponse,
  type LogLine,
  type LogLines,
  type ProjectIdentifier,
  type ReplicaIdentifier,
  type Secret as SecretMessage,
  type Spec,
  type Status,
  type TailLogsRequest,
  type TailLogsResponse,
  type WatchRequest,
  type WatchResponse,
} from "@appenv-internal/flyteidl2";
