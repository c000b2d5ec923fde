import { dependsOnVar, readNames } from "@appenv/core/internal";
import type { AppId } from "@appenv/protocol";
import type { AppSnapshot } from "./contract.ts";

/** An app that serves says which of the apps it depends on cannot be reached. */
export function withDependencies(app: AppSnapshot, outageOf: (app: AppId) => string | undefined): AppSnapshot {
  const needed = app.definition.envVars[dependsOnVar];
  if (app.phase !== "ACTIVE" || needed === undefined) return app;
  const down = Object.values(readNames(needed)).flatMap((name) => {
    const outage = outageOf({ ...app.id, name });
    return outage === undefined ? [] : [`'${name}' cannot be reached: ${outage}.`];
  });
  return down.length === 0 ? app : { ...app, message: [app.message, ...down].join(" ") };
}

/** An app that serves says which of its checks fail. */
export function withFailing(app: AppSnapshot, checks: Readonly<Record<string, string>>): AppSnapshot {
  const failing = Object.entries(checks).map(([name, error]) => `The check '${name}' fails: ${error}.`);
  if (app.phase !== "ACTIVE" || failing.length === 0) return app;
  return { ...app, message: [app.message, ...failing].join(" ") };
}
