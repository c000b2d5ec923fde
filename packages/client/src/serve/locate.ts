import type { AppAddress } from "@appenv/core/internal";
import { App } from "../app/app.ts";
import { connect } from "../control-plane/connect.ts";
import { appToken } from "./app-token.ts";

/** Where an app answers, and what calls of it are authorized by. See `ClientInternals` of `@appenv/core`. */
export async function locate(name: string): Promise<AppAddress> {
  const [app, controlPlane] = await Promise.all([App.get(name), connect()]);
  return { endpoint: app.endpoint, token: appToken(controlPlane, name) };
}
