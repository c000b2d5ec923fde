export { openStorage } from "./storage/open-storage.ts";
export { StorageError, type Env, type Storage } from "./storage/storage.ts";
export { packProgram } from "./bootstrap/pack.ts";
export { startTask } from "./task/start-task.ts";
