import { Agent, get } from "node:http";
import { expect, it } from "vitest";
import { id, server, startApps } from "../support/apps.ts";

const connections = 32;

it("kill -9 of a replica under load fails only the requests that were open in it", async () => {
  await using apps = await startApps();
  const hello = server(`(request, response) => response.end(String(process.pid))`);
  await apps.controller.apply(id, apps.define(hello));
  const { endpoint, replicas } = await apps.until(id, ({ phase }) => phase === "ACTIVE");
  const killed = replicas[0]?.pid ?? 0;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const pids: string[] = [];
  const failures: unknown[] = [];
  let running = true;
  const loops = Array.from({ length: connections }, async () => {
    while (running)
      await ask(endpoint, agent).then(
        (pid) => pids.push(pid),
        (error: unknown) => failures.push(error),
      );
  });
  await expect.poll(() => pids.length).toBeGreaterThan(connections * 5);

  process.kill(killed, "SIGKILL");
  await expect.poll(() => pids.filter((pid) => pid !== String(killed)).length).toBeGreaterThan(connections * 5);
  running = false;
  await Promise.all(loops);
  agent.destroy();
  expect(failures.length).toBeLessThanOrEqual(connections);
});

function ask(endpoint: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(endpoint, { agent }, async (response) => {
      response.on("error", reject);
      resolve((await response.toArray()).join(""));
    });
    request.on("error", reject);
  });
}
