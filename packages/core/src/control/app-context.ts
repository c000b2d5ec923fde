/** The place of the running code. */
export interface AppContext {
  /** `remote` inside a replica of a platform, `local` in a plain process. */
  readonly mode: "remote" | "local";
  /** The project, inside a replica. */
  readonly project: string | undefined;
  /** The domain, inside a replica. */
  readonly domain: string | undefined;
}

/** The place of the running code. Source: Flyte's `flyte.app.ctx()`; read from the env vars that every Flyte platform sets. */
export function appContext(env: NodeJS.ProcessEnv = process.env): AppContext {
  const project = env["FLYTE_INTERNAL_EXECUTION_PROJECT"];
  const domain = env["FLYTE_INTERNAL_EXECUTION_DOMAIN"];
  return { mode: project === undefined ? "local" : "remote", project, domain };
}
