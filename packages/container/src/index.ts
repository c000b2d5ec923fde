export { packProgram } from "./bootstrap/pack.ts";
export { start, type UploadedCode } from "./start.ts";
export { openStorage } from "./storage/open-storage.ts";
export { StorageError, type Env, type Storage } from "./storage/storage.ts";
