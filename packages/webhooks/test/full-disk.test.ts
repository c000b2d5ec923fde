import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serveForTest } from "@appenv-internal/conformance";
import { AppEnvironment } from "@appenv/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { exposeTask, github, webhook } from "../src/index.ts";
import { stock } from "./fixtures/shop.ts";
import { secret, signers } from "./support/signed.ts";

/** A control plane that can store nothing, and says so as the platform of one machine does. */
async function fullPlatform(code: string): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === "/healthz") return void response.end('{"platform":"appenv"}');
    const headers = { "content-type": "application/json", "appenv-error-code": code };
    const message = "The run cannot be stored: no space left under /srv/state.";
    response.writeHead(429, headers).end(JSON.stringify({ code: "resource_exhausted", message }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each(["DISK_FULL", "STATE_UNWRITABLE"])(
  "%s of the platform puts starts of tasks off, and names no file",
  async (code) => {
    onTestFinished(() => void vi.unstubAllEnvs());
    const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    onTestFinished(() => written.mockRestore());
    // As a replica has it.
    vi.stubEnv("_U_EP_OVERRIDE", await fullPlatform(code));
    const env = new AppEnvironment({ name: "shop", requiresAuth: false });
    env.server(() => createServer((_, response) => response.end()));
    env.mount(exposeTask(stock));
    env.mount(webhook(github({ secret: () => secret }), (event) => event.run(stock)));
    const { fetch } = await serveForTest(env);
    const starts = [
      fetch("/stock", { method: "POST" }),
      fetch("/webhooks/github", { method: "POST", ...signers.github("{}") }),
    ];
    for (const answer of await Promise.all(starts)) {
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "30"]);
      const body = await answer.text();
      expect(body).toContain(`"code":"${code}"`);
      expect(body).not.toContain("/srv/state");
    }
    expect(String(written.mock.calls)).toContain("/srv/state");
  },
);
