// For containers, whose worker has no platform beside it.
export { startWorker, type Worker } from "./worker.ts";
