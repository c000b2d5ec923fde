import { App } from "../app/app.ts";

/** Where an app answers; empty if the control plane does not say. See `ClientModule` of `@appenv/core`. */
export async function locate(name: string): Promise<string> {
  return (await App.get(name)).endpoint;
}
