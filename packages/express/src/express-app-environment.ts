import { AppEnvironment, type AppEnvironmentOptions, type AppHost, type ParameterList } from "@appenv/core";
import { invalidOption, appOptionNames, type OptionNames } from "@appenv/core/internal";
import express, { type Express } from "express";
import { ExpressHost } from "./express-host.ts";

/** The options of an Express app environment. */
export interface ExpressAppEnvironmentOptions<
  List extends ParameterList = ParameterList,
> extends AppEnvironmentOptions<List> {
  /** The app. It does not listen: that is done for it. Default: a new `express()`. */
  readonly app?: Express;
}

const optionNames: OptionNames<ExpressAppEnvironmentOptions> = { ...appOptionNames, app: true };

/**
 * An Express service and how it runs. All routes appear in `/openapi.json`, wherever they are declared; those made with
 * `route` with their schemas.
 *
 * @example
 * export const env = new ExpressAppEnvironment({ name: "hello", app: express(), requiresAuth: false });
 * env.app.get("/", route({ response: z.object({ message: z.string() }) }, () => ({ message: "Hello, World!" })));
 */
export class ExpressAppEnvironment<const List extends ParameterList = ParameterList> extends AppEnvironment<List> {
  static override readonly optionNames: Readonly<Record<string, true>> = optionNames;
  /** The app given as `app`. */
  readonly app: Express;

  /** @throws AppEnvError INVALID_OPTION if `app` is no Express 5 app. */
  constructor(options: ExpressAppEnvironmentOptions<List>) {
    const app = readApp(options.app ?? express());
    const withApp: ExpressAppEnvironmentOptions<List> = { type: "Express", ...options, app };
    super(withApp);
    this.app = app;
  }

  /** Makes the host that the runtime starts. */
  override createHost(): AppHost {
    return new ExpressHost(this.app, { title: this.name, description: this.description });
  }
}

function readApp(app: Express): Express {
  const candidate: Partial<Express> & { readonly handle?: unknown; readonly lazyrouter?: unknown } = app;
  const isApp = typeof app === "function" && typeof candidate.handle === "function";
  // Express 4 makes its router by a method of this name.
  if (isApp && typeof candidate.enabled === "function" && candidate.lazyrouter === undefined) return app;
  throw invalidOption("app", app, "an app of Express 5");
}
