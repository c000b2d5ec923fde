import { AppEnvError, isEnvironment, planSteps, type AppEnvironment, type Environment } from "@appenv/core";
import type { AppHandle, ServeOptions } from "@appenv/core";
import { checkApp, toIdentifier, toSpec, type AppId } from "@appenv/protocol";
import { App } from "../app/app.ts";
import { connect, type Target } from "../target/connect.ts";
import { definitionOf } from "./definition.ts";
import { Launches } from "./launch.ts";

/**
 * Serves an app and all it depends on, and resolves when it can answer. See `serve` of `@appenv/core`.
 *
 * @throws AppEnvError with the reason, if an app does not become ready.
 */
export async function serve(environment: AppEnvironment, options: ServeOptions = {}): Promise<App> {
  const apps = await roll([environment], { ...options, start: true, wait: true });
  const app = apps.at(-1);
  if (app === undefined) throw new AppEnvError("CONTROL_PLANE", `'${environment.name}' was not served.`);
  return app;
}

/** Registers apps and all they depend on, without waiting until they answer. See `deploy` of `@appenv/core`. */
export async function deploy(
  environments: readonly Environment[],
  options: ServeOptions = {},
): Promise<readonly AppHandle[]> {
  return roll(environments, { ...options, start: false, wait: false });
}

interface RollOptions extends ServeOptions {
  /** Whether a platform is started if there is none. */
  readonly start: boolean;
  /** Whether each step of the plan must answer before the next begins. */
  readonly wait: boolean;
}

/** Brings up a plan, step by step. The apps come in the plan's order: what was asked for last. */
async function roll(roots: readonly Environment[], options: RollOptions): Promise<readonly App[]> {
  const steps = planSteps(roots).map((step) => step.map(requireApp));
  const launches = new Launches();
  // Bundling needs no control plane: both take their time side by side.
  for (const environment of steps.flat()) launches.prepare(environment);
  const target = await connect(options);
  const apps: App[] = [];
  for (const step of steps) {
    apps.push(...(await Promise.all(step.map((app) => rollOne(app, roots, target, launches, options)))));
  }
  return apps;
}

async function rollOne(
  environment: AppEnvironment,
  roots: readonly Environment[],
  target: Target,
  launches: Launches,
  options: RollOptions,
): Promise<App> {
  const isRoot = roots.includes(environment);
  const name = (isRoot ? options.name : undefined) ?? environment.name;
  const id: AppId = { project: target.project, domain: target.domain, name };
  const launch = await launches.of(environment, target);
  const definition = definitionOf(environment, launch, isRoot ? options.envVars : {});
  const mistake = checkApp(id, definition);
  if (mistake !== undefined) throw new AppEnvError("INVALID_OPTION", mistake);
  const { app } = await target.apps.create({
    app: { metadata: { id: toIdentifier(id) }, spec: toSpec(definition, name) },
  });
  if (app === undefined) throw new AppEnvError("CONTROL_PLANE", `${target.endpoint} did not answer with the app.`);
  const handle = new App(target, app);
  if (options.wait) await settle(handle, target, options);
  return handle;
}

async function settle(app: App, target: Target, options: RollOptions): Promise<void> {
  let said = `Waiting for '${app.name}'.`;
  options.onProgress?.(said);
  await app.wait({
    until: "active",
    mayBeStale: !target.embedded,
    ...(options.activateTimeout === undefined ? {} : { timeout: options.activateTimeout }),
    onStatus: ({ phase, message }) => {
      const text = `${app.name}: ${phase} ${message}`.trim();
      if (phase === "UNSPECIFIED" || text === said) return;
      said = text;
      options.onProgress?.(text);
    },
  });
}

function requireApp(environment: Environment): AppEnvironment {
  const { name } = environment;
  if (isEnvironment(environment, "app")) return environment as AppEnvironment;
  throw new AppEnvError("UNSUPPORTED", `'${name}' is a task environment, which cannot be served yet.`, {
    fix: "Leave it out of `dependsOn`.",
  });
}
