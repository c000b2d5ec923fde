import type { Express } from "express";

/**
 * The app behind the layer that `app.use(path, otherApp)` makes. Express wraps it in a function and tells nobody, but the
 * first thing that app does with a request is to give it its own prototype, which knows the app. There it is stopped:
 * nothing of the app runs.
 */
export function mountedApp(handle: (...args: never[]) => unknown): Pick<Express, "router"> | undefined {
  if (handle.name !== "mounted_app") return undefined;
  let app: Express | undefined;
  const request = new Proxy(
    {},
    {
      setPrototypeOf(_, prototype: { readonly app?: Express } | null): boolean {
        app = prototype?.app;
        throw new Error("seen enough");
      },
    },
  );
  try {
    handle(...([request, { setHeader: () => undefined }, () => undefined] as never[]));
  } catch {
    return app;
  }
  return app;
}
