// Serving and managing apps, and starting runs; everything else about runs, tasks and triggers is in `./tasks`.
export { ApiKeys, type ApiKeyInfo, type NewApiKey } from "./api-keys.ts";
export { App, type ListOptions, type WatchOptions } from "./app/app.ts";
export type { LogEntry, LogsOptions } from "./app/logs.ts";
export type { Revision, RevisionWeights } from "./app/revisions.ts";
export type { AppStatus } from "./app/status.ts";
export type { WaitOptions } from "./app/wait.ts";
export { run } from "./run/run-lazily.ts";
export { readRunOutput } from "./run/run-output-lazily.ts";
export { locate } from "./serve/locate.ts";
export { deploy, deployAll, serve, type Deployed, type DeployedTask } from "./serve/serve.ts";

// For the command line and the embedded platform.
export { bundle, type Bundle } from "./bundle/bundle.ts";
export { loadConfig, type AuthType, type ClientConfig, type ConfigSources } from "./config/config.ts";
export { loadEnvironments, type LoadedFile } from "./load/load-environments.ts";
export { pickAnyEnvironment, pickEnvironment, type PickedEnvironment } from "./load/pick-environment.ts";
export { pickTask, type PickedTask } from "./load/pick-task.ts";
export { connect, type ConnectOptions, type ControlPlane } from "./control-plane/connect.ts";
export {
  platformHome,
  projectRoot,
  readRunningPlatform,
  type RunningPlatform,
} from "./control-plane/local-platform.ts";
