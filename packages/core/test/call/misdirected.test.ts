import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { AppEnvironment } from "../../src/index.ts";
import { rememberServed } from "../../src/internal.ts";

/** Something that answers as another app does, and counts. */
async function anotherApp(): Promise<{ url: string; named: (string | string[] | undefined)[] }> {
  const named: (string | string[] | undefined)[] = [];
  const server = createServer((request, response) => {
    named.push(request.headers["x-appenv-app"]);
    response.writeHead(421, { "content-type": "application/problem+json" }).end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, named };
}

test("a call names its app, and asks anew where that is when another app answers", async () => {
  const { url, named } = await anotherApp();
  vi.stubEnv("APPENV_ENDPOINTS", JSON.stringify({ backend: url }));
  vi.stubEnv("APPENV_DEPENDS_ON", JSON.stringify({ backend: "shop-backend" }));
  // Nobody answers there: the control plane is asked, and is not there.
  vi.stubEnv("_U_EP_OVERRIDE", "http://127.0.0.1:1");
  onTestFinished(() => void vi.unstubAllEnvs());
  const backend = new AppEnvironment({ name: "backend" });
  await expect(backend.fetch("/")).rejects.toMatchObject({ name: "AppEnvError" });
  rememberServed(backend, { endpoint: url, app: "other" });
  const body = new Blob(["x"]).stream();
  const streamed = backend.fetch("/", { method: "POST", body, duplex: "half" } as never);
  await expect(streamed).rejects.toMatchObject({
    code: "CALL_FAILED",
    message: expect.stringContaining("another app answers there"),
  });
  // `fetch` itself asks once more, on a new connection.
  expect([...new Set(named)]).toEqual(["shop-backend", "other"]);
});
