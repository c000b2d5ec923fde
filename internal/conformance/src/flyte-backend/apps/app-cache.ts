import { Status_DeploymentStatus, Spec_DesiredState, type AppMessage, type Identifier } from "@appenv/protocol";

/** The cache in front of Get: it answers the same for a time, whatever happens to the app meanwhile. */
export class AppCache {
  readonly #ms: number;
  readonly #kept = new Map<string, { readonly app: AppMessage; readonly until: number }>();

  constructor(ms: number) {
    this.#ms = ms;
  }

  get(id: Identifier, read: () => AppMessage): AppMessage {
    const known = this.#kept.get(keyOf(id));
    if (known !== undefined && known.until > Date.now()) return known.app;
    const app = read();
    if (!isTransitional(app)) this.#kept.set(keyOf(id), { app, until: Date.now() + this.#ms });
    return app;
  }

  evict(id: Identifier): void {
    this.#kept.delete(keyOf(id));
  }
}

/** Is to run, and is said to be stopped. */
function isTransitional({ spec, status }: AppMessage): boolean {
  if (spec?.desiredState === Spec_DesiredState.STOPPED) return false;
  return status?.conditions.some((each) => each.deploymentStatus === Status_DeploymentStatus.STOPPED) ?? false;
}

function keyOf({ project, domain, name }: Identifier): string {
  return `${project}/${domain}/${name}`;
}
