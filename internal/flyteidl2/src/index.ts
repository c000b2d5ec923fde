import type { GenService } from "@bufbuild/protobuf/codegenv2";
import { DataProxyService as WholeDataProxyService } from "../vendor/flyteidl2/dataproxy/dataproxy_service_pb.ts";

// The part of Flyte 2's messages that AppEnv speaks. The published package ships only TypeScript, which Node refuses to
// load from node_modules, so `scripts/prepare.ts` bundles these into `dist/`, and `@appenv/protocol` carries them.
export * from "../vendor/flyteidl2/app/app_definition_pb.ts";
export {
  CreateRequestSchema,
  CreateEventSchema,
  CreateResponseSchema,
  DeleteEventSchema,
  DeleteRequestSchema,
  DeleteResponseSchema,
  GetRequestSchema,
  GetResponseSchema,
  ListRequestSchema,
  ListResponseSchema,
  UpdateEventSchema,
  UpdateRequestSchema,
  UpdateResponseSchema,
  WatchRequestSchema,
  WatchResponseSchema,
  type ListRequest,
  type ListResponse,
  type WatchRequest,
  type WatchResponse,
} from "../vendor/flyteidl2/app/app_payload_pb.ts";
export { AppService } from "../vendor/flyteidl2/app/app_service_pb.ts";
export {
  LogLinesBatchSchema,
  LogLinesSchema,
  ReplicaIdentifierListSchema,
  TailLogsRequestSchema,
  TailLogsResponseSchema,
  type LogLines,
  type TailLogsRequest,
  type TailLogsResponse,
} from "../vendor/flyteidl2/app/app_logs_payload_pb.ts";
export { AppLogsService } from "../vendor/flyteidl2/app/app_logs_service_pb.ts";
export { ReplicaIdentifierSchema, type ReplicaIdentifier } from "../vendor/flyteidl2/app/replica_definition_pb.ts";
export { LogLineSchema, LogLineOriginator, type LogLine } from "../vendor/flyteidl2/logs/dataplane/payload_pb.ts";
export { ProjectIdentifierSchema, type ProjectIdentifier } from "../vendor/flyteidl2/common/identifier_pb.ts";
export { Filter_Function, Sort_Direction } from "../vendor/flyteidl2/common/list_pb.ts";
export { KeyValuePairSchema } from "../vendor/flyteidl2/core/literals_pb.ts";
export { SecretSchema, Secret_MountType, type Secret } from "../vendor/flyteidl2/core/security_pb.ts";
export {
  ContainerPortSchema,
  ContainerSchema,
  ExtendedResourcesSchema,
  K8sPodSchema,
  ResourcesSchema,
  Resources_ResourceEntrySchema,
  Resources_ResourceName,
  type Container,
  type ExtendedResources,
  type K8sPod,
  type Resources,
} from "../vendor/flyteidl2/core/tasks_pb.ts";
export {
  CreateUploadLocationRequestSchema,
  CreateUploadLocationResponseSchema,
  type CreateUploadLocationRequest,
} from "../vendor/flyteidl2/dataproxy/dataproxy_service_pb.ts";
export { ClusterService } from "../vendor/flyteidl2/cluster/service_pb.ts";
export { AuthMetadataService } from "../vendor/flyteidl2/auth/auth_service_pb.ts";

type MethodsOf<T> = T extends GenService<infer Methods> ? Methods : never;

/** Only the method AppEnv uses: the others would bring all of Flyte's task messages. See `prune.ts`. */
export const DataProxyService: GenService<Pick<MethodsOf<typeof WholeDataProxyService>, "createUploadLocation">> =
  WholeDataProxyService as never;
