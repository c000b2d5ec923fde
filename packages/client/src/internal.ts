// For the other packages of AppEnv; no promise is made to anybody else.
export { bundle, type Bundle } from "./bundle/bundle.ts";
export { loadConfig, type AuthType, type ClientConfig, type ConfigSources } from "./config/config.ts";
export { connect, type ConnectOptions, type ControlPlane } from "./control-plane/connect.ts";
export { platformHome, readRunningPlatform, type RunningPlatform } from "./control-plane/local-platform.ts";
export { loadEnvironments, type LoadedFile } from "./load/load-environments.ts";
export { pickAnyEnvironment, pickEnvironment, type PickedEnvironment } from "./load/pick-environment.ts";
export { pickTask, type PickedTask } from "./load/pick-task.ts";
export { readRunOutput } from "./run/run-output-lazily.ts";
export { locate } from "./serve/locate.ts";
export { deployAll, type Deployed, type DeployedTask } from "./serve/serve.ts";
