// For what only has to know where the control plane is: nothing of this imports the API's messages or the bundler.
export { loadConfig, type AuthType, type ClientConfig, type ConfigSources } from "../config/config.ts";
export { requestAt } from "./request-at.ts";
export { platformHome, projectRoot, readRunningPlatform, type RunningPlatform } from "./local-platform.ts";
