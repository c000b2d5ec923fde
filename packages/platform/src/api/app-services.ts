import {
  ApiKeyService,
  AppLogService,
  AppLogsService,
  AppService,
  AuthMetadataService,
  ClusterService,
  DataProxyService,
  MetricsService,
  ReplicaService,
  RevisionService,
} from "@appenv/protocol";
import type { AppController } from "../apps/contract.ts";
import type { Logs } from "../logs/apps/app-logs.ts";
import type { AppMetrics } from "../metrics/app-metrics.ts";
import type { ApiKeyStore } from "../state/api-key-table.ts";
import type { KeyUses } from "./access/key-uses.ts";
import { apiKeyService } from "./api-key/service.ts";
import { appLogService } from "./app-log/service.ts";
import { appLogsService } from "./app-logs/service.ts";
import { appService } from "./app/service.ts";
import { authMetadataService, clusterService } from "./cluster/service.ts";
import { createUploadLocation, type UploadContext } from "./data-proxy/upload-location.ts";
import { metricsService } from "./metrics/service.ts";
import { replicaService } from "./replica/service.ts";
import { revisionService } from "./revision/service.ts";
import type { ImageApps } from "../replicas/launch.ts";
import type { ServiceGroup } from "./rpc/listener.ts";
import type { StatusBoard } from "./app/status-board.ts";

/** Dependencies of the services of apps. */
export interface AppServicesContext extends UploadContext {
  readonly controller: AppController;
  readonly metrics: AppMetrics;
  readonly board: StatusBoard;
  readonly logs: Logs;
  readonly apiKeys: ApiKeyStore;
  readonly keyUses: KeyUses;
  readonly onKeyChange: () => void;
  readonly imageApps: ImageApps | undefined;
}

/** The services of apps, and the methods of others that need no tasks. */
export function appServices(context: AppServicesContext): ServiceGroup {
  return {
    names: [
      ...[AppService, AppLogsService, RevisionService, ReplicaService, MetricsService].map(({ typeName }) => typeName),
      ...[AppLogService, ApiKeyService, ClusterService, AuthMetadataService].map(({ typeName }) => typeName),
      `${DataProxyService.typeName}/CreateUploadLocation`,
    ],
    readMaxBytes: 4 * 1024 * 1024,
    open: async () => (router) => {
      router.service(AppService, appService(context));
      router.service(AppLogsService, appLogsService(context.board, context.logs));
      router.service(AppLogService, appLogService(context.controller, context.logs));
      // The other methods of its service are those of tasks.
      router.rpc(DataProxyService.method.createUploadLocation, createUploadLocation(context));
      router.service(ClusterService, clusterService);
      router.service(AuthMetadataService, authMetadataService);
      router.service(RevisionService, revisionService(context.controller));
      router.service(ReplicaService, replicaService(context.controller));
      router.service(MetricsService, metricsService(context));
      router.service(ApiKeyService, apiKeyService(context.apiKeys, context.keyUses, context.onKeyChange));
    },
  };
}
