import { App, serve } from "@appenv/client";
import type { AppEnvironment } from "@appenv/core";
import { expect, test } from "vitest";
import { loadShop } from "./shop.ts";
import type { Started } from "./started.ts";
import { codeOf } from "./when-able.ts";

/** Apps: served, listed, read, stopped, started and deleted. */
export function appTests(shared: Started): void {
  test("an app answers, writes its log, is stopped and started, and is gone when it is deleted", async () => {
    const { environments } = await loadShop();
    const app = await serve(environments.get("web") as AppEnvironment, shared.at);
    expect(await (await fetch(`${app.endpoint}/hello`)).text()).toBe("open");
    expect((await App.list(shared.at)).map(({ name }) => name)).toEqual(["shop-web"]);
    for await (const { message } of app.logs({ follow: true })) if (message.includes("asked for /hello")) break;
    await app.deactivate({});
    expect((await App.get("shop-web", shared.at)).status.phase).toBe("STOPPED");
    await app.activate({});
    expect(await (await fetch(`${app.endpoint}/again`)).text()).toBe("open");
    await app.delete();
    expect(await codeOf(App.get("shop-web", shared.at))).toBe("NOT_FOUND");
  });
}
