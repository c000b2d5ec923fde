// For containers, whose worker has no platform beside it.
export { loadTaskEnvironment } from "../load/load-environment.ts";
export { startWorker, type Worker } from "./worker.ts";
