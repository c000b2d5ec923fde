import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Secrets } from "@appenv/client";
import { deployAll, loadEnvironments } from "@appenv/client/internal";
import { Run, Task } from "@appenv/client/tasks";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, onTestFinished, test, vi } from "vitest";
import { KilledPlatform } from "../tasks/chaos/platform-process.ts";

/** A receiver that can keep its answers back. */
class Receiver extends EventEmitter {
  readonly got: { readonly id: unknown; readonly body: unknown }[] = [];
  answers = true;
  readonly #server = createServer((request, response) => {
    void this.#take(request, response);
  });

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.got.push({ id: request.headers["webhook-id"], body: JSON.parse(await text(request)) as unknown });
    if (this.answers) response.end();
    this.emit("got");
  }

  async listen(): Promise<string> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => {
      this.#server.closeAllConnections();
      this.#server.close();
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hidden-path`;
  }

  async has(count: number): Promise<void> {
    while (this.got.length < count) await once(this, "got");
  }
}

test("a platform that is killed before it has noted a delivery sends it again, with the same id", async () => {
  const home = join(tempDirectory(), ".appenv");
  vi.stubEnv("APPENV_HOME", home);
  onTestFinished(() => void vi.unstubAllEnvs());
  const receiver = new Receiver();
  const url = await receiver.listen();
  const platform = new KilledPlatform(home);
  platform.start();
  await platform.up();
  await Secrets.create("RECEIVER", url);
  const file = fileURLToPath(new URL("fixtures/notifying-tasks.ts", import.meta.url));
  await deployAll([...(await loadEnvironments(file)).environments.values()]);

  // It has been sent when the platform is killed; nothing was noted.
  receiver.answers = false;
  const task = await Task.get("notifying.work");
  const run = await task.run({ fails: true });
  expect(await run.wait({ throws: false })).toBe("FAILED");
  await receiver.has(1);
  expect(await run.notifications()).toMatchObject([{ state: "pending", attempts: 0 }]);
  await platform.kill();

  receiver.answers = true;
  platform.start();
  await platform.up();
  await receiver.has(2);
  const [first, second] = receiver.got;
  expect(second).toEqual(first);
  expect(first?.body).toEqual({
    run: run.name,
    project: run.id.project,
    domain: run.id.domain,
    phase: "FAILED",
    error: "no luck",
  });
  const again = await Run.get(run.name);
  await expect.poll(async () => (await again.notifications())[0]?.state).toBe("delivered");
  expect(await again.notifications()).toMatchObject([
    { id: first?.id, kind: "webhook", destination: "{{.Secret.RECEIVER}}", phase: "FAILED", attempts: 1, error: "" },
  ]);
  // The secret is nowhere in clear.
  for (const name of ["state.db", "state.db-wal"]) {
    expect(readFileSync(join(home, name)).includes("hidden-path")).toBe(false);
  }

  // The rules of a run win over those of its task.
  const quiet = await (await Task.get("notifying.work")).run({ fails: false }, { notify: [] });
  expect(await quiet.wait()).toBe("SUCCEEDED");
  expect(await quiet.notifications()).toEqual([]);
  expect(receiver.got).toHaveLength(2);
  expect(await platform.close()).toBe(0);
});
