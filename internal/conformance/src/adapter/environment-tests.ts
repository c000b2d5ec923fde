import { AppEnvError } from "@appenv/core";
import { expect, it } from "vitest";
import { serveForTest } from "../serve-for-test.ts";
import type { AdapterUnderTest } from "./adapter-under-test.ts";
import { Fixture } from "./fixture.ts";
import { whenAble } from "./when-able.ts";

/** The environment itself, whatever it serves. */
export function environmentTests(adapter: AdapterUnderTest): void {
  const build: AdapterUnderTest["build"] = (fixture, options) => adapter.build(fixture, options);

  it("is of the type of its framework, unless it is given another", () => {
    expect(build(new Fixture(), { name: "suite" }).type).toBe(adapter.type);
    expect(build(new Fixture(), { name: "suite", type: "Gateway" }).type).toBe("Gateway");
  });

  it("serves the same app when it is cloned", async () => {
    const original = build(new Fixture(), { name: "suite", requiresAuth: false });
    const clone = original.cloneWith({ name: "clone" });
    expect([clone.name, clone.constructor]).toEqual(["clone", original.constructor]);
    expect(await (await (await serveForTest(clone)).fetch("/")).json()).toEqual({ message: "Hello" });
  });

  it("refuses options that do not exist", () => {
    const env = build(new Fixture(), { name: "suite" });
    expect(() => env.cloneWith({ nothing: 1 } as never)).toThrow(AppEnvError);
  });

  whenAble(adapter.abilities.knowsRoutes, "knows its routes by method and path", async () => {
    const host = build(new Fixture(), { name: "suite", ownHealth: true }).createHost();
    const known = ["GET", "HEAD", "POST"].map((method) => host?.handles?.(method, "/health"));
    expect(known).toEqual([true, true, false]);
    expect(host?.handles?.("GET", "/nowhere")).toBe(false);
  });
}
