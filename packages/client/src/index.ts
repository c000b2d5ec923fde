// For people who serve, deploy and look after apps; runs, tasks and triggers are in `./tasks`.
export { ApiKeys, type ApiKeyInfo, type ApiKeyOptions, type ApiKeyRole, type NewApiKey } from "./api-keys.ts";
export { App, type ListOptions, type WatchOptions } from "./app/app.ts";
export type { LogEntry, LogsOptions } from "./app/logs.ts";
export type { AppMetrics, MetricsOptions, MetricsPoint } from "./app/metrics.ts";
export type { EndedReplica, Reason, Replica, ReplicaReport } from "./app/replicas.ts";
export type { DefinitionChange, Revision, RevisionWeights } from "./app/revisions.ts";
export type { AppStatus } from "./app/status.ts";
export type { WaitOptions } from "./app/wait-for.ts";
export { run, runAll, send } from "./run/lazily.ts";
export { AppClient, type AppRoute, type RequestOf } from "./typed/app-client.ts";
export { Secrets, type Secret, type SecretScope, type SecretsOptions } from "./secrets.ts";
export { deploy, serve } from "./serve/serve.ts";
