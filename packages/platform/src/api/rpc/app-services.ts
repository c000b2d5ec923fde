import type { RequestListener } from "node:http";
import {
  ApiKeyService,
  AppLogsService,
  AppService,
  AuthMetadataService,
  ClusterService,
  DataProxyService,
  RevisionService,
} from "@appenv/protocol";
import type { AppController } from "../../apps/contract.ts";
import type { Logs } from "../../logs/logs.ts";
import type { ApiKeyStore } from "../../state/api-key-table.ts";
import { apiKeyService } from "../api-key/service.ts";
import { appLogsService } from "../app-logs/service.ts";
import { appService } from "../app/service.ts";
import type { Bundles } from "../uploads/bundles.ts";
import { authMetadataService, clusterService } from "../cluster/service.ts";
import { dataProxyService } from "../data-proxy/upload-location.ts";
import { revisionService } from "../revision/service.ts";
import { rpcListener } from "./listener.ts";
import type { StatusBoard } from "../app/status-board.ts";
import type { UploadTickets } from "../uploads/upload-urls.ts";

/** What the services work with. */
export interface RpcContext {
  readonly controller: AppController;
  readonly board: StatusBoard;
  readonly logs: Logs;
  readonly apiKeys: ApiKeyStore;
  readonly onKeyChange: () => void;
  readonly bundles: Bundles;
  readonly tickets: UploadTickets;
  /** The directory of files that clients upload for tasks. */
  readonly files: string;
}

/** The largest message a client may send, in bytes. */
const readMaxBytes = 4 * 1024 * 1024;

/** The services of apps, over Connect, gRPC and gRPC-Web; what is none of them goes to `fallback`. */
export function createRpc(
  context: RpcContext,
  fallback: RequestListener,
  shutdownSignal: AbortSignal,
): RequestListener {
  return rpcListener({
    readMaxBytes,
    shutdownSignal,
    fallback,
    routes: (router) => {
      router.service(AppService, appService(context));
      router.service(AppLogsService, appLogsService(context.board, context.logs));
      // The rest of its methods is about runs: see tasks/.
      router.rpc(
        DataProxyService.method.createUploadLocation,
        dataProxyService(context.bundles, context.tickets, context.files).createUploadLocation,
      );
      router.service(ClusterService, clusterService);
      router.service(AuthMetadataService, authMetadataService);
      router.service(RevisionService, revisionService(context.controller));
      router.service(ApiKeyService, apiKeyService(context.apiKeys, context.onKeyChange));
    },
  });
}
