export type { AppDefinition, AppId, AppLaunch, ResourceAmount, SecretReference } from "./app-definition.ts";
