export { startPlatform, type Platform, type PlatformOptions } from "./platform.ts";

// For the command line.
export { OrphanReaper } from "./replicas/pool/orphan-reaper.ts";
