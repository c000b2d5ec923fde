import type { App } from "@appenv/client";
import { AppEnvError } from "@appenv/core";
import { jsonAnswer } from "../../http/answer.ts";
import { objectOf, text } from "../../http/described.ts";
import { ProblemError } from "../../http/problem.ts";
import type { Call } from "../../http/router.ts";
import { isAllowed, notAllowed } from "../allowlist.ts";
import type { Endpoint, WebhookApp } from "../endpoint.ts";
import { callApp } from "./call-app.ts";

const flag = { type: "boolean" };
const place = { domain: text, project: text };

/** Other apps than this one. */
export function appEndpoints(self: WebhookApp): readonly Endpoint[] {
  return [
    {
      id: "get_app",
      method: "GET",
      path: "/app/{name}",
      summary: "The state of an app",
      query: place,
      answer: objectOf({
        name: text,
        revision: { type: "integer" },
        endpoint: text,
        is_active: flag,
        is_deactivated: flag,
        url: text,
      }),
      async handle(call) {
        const app = await appOf(self, call);
        const { name, revision, endpoint, url } = app;
        return jsonAnswer(200, { name, revision, endpoint, ...stateOf(app), url });
      },
    },
    {
      id: "activate_app",
      method: "POST",
      path: "/app/{name}/activate",
      summary: "Start an app again",
      query: { ...place, wait: flag },
      answer: objectOf({ name: text, is_active: flag, endpoint: text, url: text }),
      async handle(call) {
        const app = await changed(await appOf(self, call), "activate", call);
        const { name, endpoint, url } = app;
        return jsonAnswer(200, { name, is_active: stateOf(app).is_active, endpoint, url });
      },
    },
    {
      id: "deactivate_app",
      method: "POST",
      path: "/app/{name}/deactivate",
      summary: "Stop an app; it stays on the control plane",
      query: { ...place, wait: flag },
      answer: objectOf({ name: text, is_active: flag, is_deactivated: flag, url: text }),
      async handle(call) {
        const app = await changed(await appOf(self, call), "deactivate", call);
        return jsonAnswer(200, { name: app.name, ...stateOf(app), url: app.url });
      },
    },
    {
      id: "call_app",
      method: "POST",
      path: "/app/{name}/call",
      summary: "Send a request to an app; its answer in JSON is the answer",
      query: { path: text, method: text, ...place },
      body: { type: "object", properties: { payload: { type: "object" }, query_params: { type: "object" } } },
      answer: {},
      handle: async (call) => callApp(self, await appOf(self, call), call),
    },
  ];
}

async function appOf({ name: own, allow }: WebhookApp, { params, query }: Call): Promise<App> {
  const { name = "" } = params;
  if (name === own) throw new ProblemError(400, "SELF", "An app cannot be asked for itself here.");
  const [{ App }, { connect }] = await Promise.all([import("@appenv/client"), import("@appenv/client/internal")]);
  const { project: usual, domain: around } = await connect();
  const project = query.get("project") ?? usual;
  const domain = query.get("domain") ?? around;
  if (!isAllowed(allow.apps, { domain, project, name })) throw notAllowed(`The app '${name}'`);
  return App.get(name, { project, domain });
}

function stateOf({ status: { phase } }: App): { readonly is_active: boolean; readonly is_deactivated: boolean } {
  return {
    is_active: phase === "ACTIVE" || phase === "STARTED",
    is_deactivated: phase === "STOPPED" || phase === "UNASSIGNED",
  };
}

async function changed(app: App, how: "activate" | "deactivate", { query }: Call): Promise<App> {
  if (query.get("wait") === "true") await app[how]();
  else await setState(app, how);
  const { App } = await import("@appenv/client");
  const { name, project, domain } = app.id;
  return App.get(name, { project, domain });
}

/** Starts or stops an app without waiting until it has: `App.activate` and `App.deactivate` wait. */
async function setState({ id, name }: App, how: "activate" | "deactivate"): Promise<void> {
  const [{ connect }, { Spec_DesiredState, toIdentifier }] = await Promise.all([
    import("@appenv/client/internal"),
    import("@appenv/protocol"),
  ]);
  const { apps } = await connect();
  const { app } = await apps.get({ identifier: { case: "appId", value: toIdentifier(id) } });
  if (app?.spec === undefined) throw new AppEnvError("NOT_FOUND", `There is no app '${name}'.`);
  const desiredState = how === "activate" ? Spec_DesiredState.ACTIVE : Spec_DesiredState.STOPPED;
  await apps.update({ app: { ...app, spec: { ...app.spec, desiredState } }, reason: `${how}d by a webhook` });
}
