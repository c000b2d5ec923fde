export { openTaskEngine, type TaskEngineOptions } from "./engine/engine.ts";
export type { ActionLogSink } from "./engine/context.ts";
export { openTaskRegistry, type TaskRegistryOptions } from "./registry/registry.ts";
export { openTaskStore, type TaskStore, type TaskStoreOptions } from "./store/task-store.ts";
