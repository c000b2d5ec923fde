import { AppEnvError } from "@appenv/core";
import { serveForTest } from "@appenv-internal/conformance";
import express, { type Express } from "express";
import { describe, expect, it } from "vitest";
import { ExpressAppEnvironment } from "../src/index.ts";

describe("ExpressAppEnvironment", () => {
  it("keeps the app it is given, and makes one otherwise", () => {
    const app = express();
    expect(new ExpressAppEnvironment({ name: "given", app }).app).toBe(app);
    expect(typeof new ExpressAppEnvironment({ name: "made" }).app.listen).toBe("function");
  });

  it.for([
    {},
    () => undefined,
    express.Router(),
    Object.assign(() => undefined, { handle() {}, enabled() {}, lazyrouter() {} }),
  ])("refuses what is no app of Express 5: %o", (app) => {
    const make = (): unknown => new ExpressAppEnvironment({ name: "a", app: app as unknown as Express });
    expect(make).toThrow(AppEnvError);
    expect(make).toThrow("an app of Express 5");
  });

  it("leaves the app's settings open", () => {
    const { app } = new ExpressAppEnvironment({ name: "a" });
    app.enable("strict routing");
    expect((app.router as { readonly strict?: unknown }).strict).toBe(true);
  });

  it("runs an app as it is: middleware, error handlers, static answers, its own 404", async () => {
    const app = express();
    app.use((_request, response, next) => {
      response.setHeader("x-seen", "yes");
      next();
    });
    app.get("/", (request, response) => void response.send(`${request.originalUrl} ${request.ip}`));
    app.use((_request, response) => void response.status(404).send("nothing of mine"));
    const served = await serveForTest(new ExpressAppEnvironment({ name: "plain", app, requiresAuth: false }));
    const response = await served.fetch("/?q=1");
    expect(response.headers.get("x-seen")).toBe("yes");
    expect(await response.text()).toBe("/?q=1 127.0.0.1");
    expect(await (await served.fetch("/nowhere")).text()).toBe("nothing of mine");
  });

  it("knows its own routes by their path, in routers too, but not by patterns", async () => {
    const app = express();
    app.use(
      "/v1",
      express.Router().get("/health{/:part}", (_request, response) => void response.end()),
    );
    app.all("/all", (_request, response) => void response.end());
    app.get("/:page", (_request, response) => void response.end());
    app.get("/*rest", (_request, response) => void response.end());
    const host = new ExpressAppEnvironment({ name: "routes", app }).createHost();
    expect(host.handles!("GET", "/v1/health")).toBe(true);
    expect(host.handles!("HEAD", "/v1/health")).toBe(true);
    expect(host.handles!("POST", "/v1/health")).toBe(false);
    expect(host.handles!("PUT", "/all")).toBe(true);
    expect(host.handles!("GET", "/health")).toBe(false);
  });
});
