// For the other packages of AppEnv; no promise is made to anybody else.
export { bundle, type Bundle } from "./bundle/bundle.ts";
export { loadConfig, type ClientConfig, type ConfigSources } from "./config/config.ts";
export type { AuthType } from "./config/settings.ts";
export { connect, type ConnectOptions } from "./control-plane/connect.ts";
export type { ControlPlane } from "./control-plane/control-plane.ts";
export { inspectControlPlane } from "./control-plane/inspect.ts";
export { platformHome, readRunningPlatform, type RunningPlatform } from "./control-plane/local-platform.ts";
export { loadEnvironments, type LoadedFile } from "./load/load-environments.ts";
export { pickAnyEnvironment, pickEnvironment, type PickedEnvironment } from "./load/pick-environment.ts";
export { pickTask, type PickedTask } from "./load/pick-task.ts";
export { logIn, logOut, whoAmI, type Account, type LoginTarget, type MadeLogin } from "./login/account.ts";
export { readRunOutput } from "./run/lazily.ts";
export type { DeploymentPlan, NotHonoured, PlannedItem } from "./plan/deployment-plan.ts";
export { planDeployment } from "./plan/plan-deployment.ts";
export { credentialsFor } from "./transport/transport.ts";
export { locate } from "./serve/locate.ts";
export { deployAll, type Deployed, type DeployedTask } from "./serve/serve.ts";
