import { createHmac } from "node:crypto";
import { serveExample } from "@appenv-internal/conformance";
import { expect, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const file = new URL("app.ts", import.meta.url);
const secret = "It's a Secret to Everybody";

test("a push to main starts one run, however often it is delivered; what is forged starts none", async () => {
  vi.stubEnv("GITHUB_WEBHOOK_SECRET", secret);
  const { endpoint, run } = await serveExample(file, "env");
  const send = (id: string, event: string, body: string, signedWith = secret): Promise<Response> => {
    const signature = createHmac("sha256", signedWith).update(body).digest("hex");
    const headers = {
      "content-type": "application/json",
      "x-github-event": event,
      "x-github-delivery": id,
      "x-hub-signature-256": `sha256=${signature}`,
    };
    return fetch(`${endpoint}/webhooks/github`, { method: "POST", headers, body });
  };
  const push = JSON.stringify({ ref: "refs/heads/main", after: "8f5e1b2c9d", repository: { full_name: "shop/web" } });

  const first = await send("72d3162e-cc78-11e3-81ab-4c9367dc0958", "push", push);
  expect(first.status).toBe(202);
  const { run: started } = (await first.json()) as { run: { name: string; url: string } };
  expect(started.url).toMatch(/\/runs\/[a-z0-9]+$/);
  const again = await send("72d3162e-cc78-11e3-81ab-4c9367dc0958", "push", push);
  expect(await again.json()).toEqual({ run: started });
  expect((await send("another", "push", push, "a guess")).status).toBe(401);
  const ping = await send("ping-1", "ping", JSON.stringify({ zen: "Keep it logically awesome.", hook_id: 1 }));
  expect([ping.status, await ping.json()]).toEqual([200, { ignored: "ping" }]);
  const branch = await send("branch", "push", push.replace("heads/main", "heads/side"));
  expect(await branch.json()).toEqual({ ignored: "refs/heads/side" });

  const phase = async (): Promise<string> =>
    JSON.parse(await run("get", "run", started.name, "--json")).phase as string;
  await expect.poll(phase).toBe("SUCCEEDED");
  expect(JSON.parse(await run("get", "run", "--json"))).toHaveLength(1);
  expect(JSON.parse(await run("get", "io", started.name, "--json"))).toMatchObject({
    output: "shop/web@8f5e1b2 is built",
  });
  const rerun = JSON.parse(await run("rerun", started.name, "--json")) as { name: string; output: string };
  expect(rerun.name).not.toBe(started.name);
  expect(rerun.output).toBe("shop/web@8f5e1b2 is built");
});
