import type { AppDefinition, AppId } from "@appenv/protocol";
import type { StoredApp } from "../../src/state/app-store.ts";

/** An app's identity. */
export function appId(name = "hello-app", project = "flytesnacks", domain = "development"): AppId {
  return { project, domain, name };
}

/** A definition that the embedded platform can run. */
export function definition(changes: Partial<AppDefinition> = {}): AppDefinition {
  return {
    description: "A service",
    type: "Fastify",
    launch: { kind: "image", image: "server:1", command: [], args: [] },
    port: 8080,
    envVars: { GREETING: "Grüße" },
    secrets: [],
    resources: [{ name: "memory", request: "512Mi", limit: "512Mi" }],
    replicas: { min: 0, max: 2 },
    requiresAuth: false,
    links: [],
    clusterPool: "default",
    desiredState: "active",
    ...changes,
  };
}

/** An app as it is stored. */
export function storedApp(changes: Partial<StoredApp> = {}): StoredApp {
  const at = new Date("2026-01-02T03:04:05.678Z");
  const { revision = 1 } = changes;
  const times = { createdAt: at, updatedAt: at };
  return {
    id: appId(),
    definition: definition(),
    revision,
    lastRevision: revision,
    port: 0,
    traffic: [],
    ...times,
    ...changes,
  };
}
