// For commands that only have to find the control plane, as `appenv serve` and `appenv run` do first. An entry of its own
// since nothing of it imports the API's messages or the bundler: it loads in less than half the time of `./internal`.
export { loadConfig } from "../config/config.ts";
export { requestAt } from "./request-at.ts";
export { platformHome, readRunningPlatform } from "./local-platform.ts";
