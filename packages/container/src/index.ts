export { openStorage } from "./storage/open-storage.ts";
export { StorageError, type Env, type Storage } from "./storage/storage.ts";
