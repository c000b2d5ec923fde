import { Code, ConnectError, createClient, type Client, type Interceptor, type Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import {
  AppLogService,
  AppLogsService,
  AppRequestService,
  AppService,
  MetricsService,
  ReplicaService,
  RevisionService,
} from "@appenv/protocol";
import {
  DataProxyService,
  ExplainService,
  BackfillService,
  FiringService,
  NotificationService,
  RerunService,
  RunControlService,
  RunService,
  StreamService,
  TaskService,
  TranslatorService,
  TriggerService,
} from "@appenv/protocol/tasks";
import { answered, unanswered } from "./connection.ts";
import { isDisconnect } from "./failure.ts";
import { signedOut } from "./session.ts";

/** Notes what the answers tell of the connection. */
const connected: Interceptor = (next) => async (request) => {
  try {
    const response = await next(request);
    answered();
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    if (ConnectError.from(error).code === Code.Unauthenticated) signedOut.value = true;
    if (isDisconnect(error)) unanswered();
    else answered();
    throw error;
  }
};

/** The way to the platform that served this page. */
export const transport: Transport = createConnectTransport({
  baseUrl: window.location.origin,
  useBinaryFormat: true,
  interceptors: [connected],
});

/** Flyte's services and AppEnv's own, of the platform that served this page. */
export const apps: Client<typeof AppService> = createClient(AppService, transport);
export const appLog: Client<typeof AppLogService> = createClient(AppLogService, transport);
export const appRequests: Client<typeof AppRequestService> = createClient(AppRequestService, transport);
export const appLogs: Client<typeof AppLogsService> = createClient(AppLogsService, transport);
export const metrics: Client<typeof MetricsService> = createClient(MetricsService, transport);
export const replicas: Client<typeof ReplicaService> = createClient(ReplicaService, transport);
export const revisions: Client<typeof RevisionService> = createClient(RevisionService, transport);
export const runs: Client<typeof RunService> = createClient(RunService, transport);
export const control: Client<typeof RunControlService> = createClient(RunControlService, transport);
export const tasks: Client<typeof TaskService> = createClient(TaskService, transport);
export const triggers: Client<typeof TriggerService> = createClient(TriggerService, transport);
export const backfills: Client<typeof BackfillService> = createClient(BackfillService, transport);
export const firings: Client<typeof FiringService> = createClient(FiringService, transport);
export const data: Client<typeof DataProxyService> = createClient(DataProxyService, transport);
export const translator: Client<typeof TranslatorService> = createClient(TranslatorService, transport);
export const notifications: Client<typeof NotificationService> = createClient(NotificationService, transport);
export const explanations: Client<typeof ExplainService> = createClient(ExplainService, transport);
export const streams: Client<typeof StreamService> = createClient(StreamService, transport);
export const reruns: Client<typeof RerunService> = createClient(RerunService, transport);
