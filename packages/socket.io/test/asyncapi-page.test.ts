import { openPage, systemProgram } from "@appenv-internal/conformance";
import { webSockets } from "@appenv/ws";
import { expect, test } from "vitest";
import { z } from "zod";
import { SocketAppEnvironment } from "../src/index.ts";
import { serve } from "./support/serve.ts";

const chromium = systemProgram("chromium");

test.skipIf(chromium.missing !== undefined)(
  "the page about sockets says how to connect instead of trying it",
  async () => {
    const said = z.object({ room: z.string(), text: z.string().default("hi") }).meta({ id: "Said" });
    const env = new SocketAppEnvironment({
      name: "chat",
      requiresAuth: false,
      io: { path: "/live" },
      events: {
        clientToServer: { say: { args: [said, z.number()], ack: z.boolean() } },
        serverToClient: { said: said },
      },
    });
    env.namespace("/admin", { clientToServer: { stop: { args: [] } } });
    env.mount(webSockets().route("/plain", {}, () => {}));
    const { url } = await serve(env);
    const { page, problems } = await openPage(chromium.path!, `${url}/sockets`);
    const main = page.locator("section", { hasText: "Socket.IO namespace /" }).first();
    const code = await main.locator("pre").first().textContent();
    expect(code?.split("\n")).toEqual([
      'import { io } from "socket.io-client";',
      "",
      `const socket = io("${url}", { path: "/live" });`,
      'socket.on("said", (arg1) => console.log(arg1));',
      'const answer = await socket.emitWithAck("say", {"room":"","text":"hi"}, 0);',
    ]);
    const admin = page.locator("section", { hasText: "Socket.IO namespace /admin" });
    expect(await admin.locator("pre").first().textContent()).toContain(`io("${url}/admin", { path: "/live" })`);
    expect(await admin.locator("pre").first().textContent()).toContain('socket.emit("stop");');
    // The only form there is belongs to the plain WebSocket.
    expect(await page.getByRole("button", { name: "Connect" }).count()).toBe(1);
    expect(await page.locator("section", { hasText: "/plain" }).getByRole("button", { name: "Connect" }).count()).toBe(
      1,
    );
    expect(await page.locator("#schema-Said pre").textContent()).toContain('"room"');
    expect(problems).toEqual([]);
  },
);
