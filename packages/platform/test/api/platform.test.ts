import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AppEnvError } from "@appenv/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { readRunningPlatform } from "@appenv/client/internal";
import { AppService, toIdentifier } from "@appenv/protocol";
import { startPlatform, type Platform, type PlatformOptions } from "../../src/index.ts";
import { openStore } from "../../src/state/store.ts";
import { appId, storedApp } from "../support/app.ts";
import { send } from "../support/api.ts";
import { fill, smallDisk } from "@appenv-internal/test-support/small-disk";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

async function start(options: PlatformOptions): Promise<Platform> {
  const platform = await startPlatform({ port: 0, ...options });
  onTestFinished(() => platform.close());
  return platform;
}

async function code(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "nothing thrown",
    (error: unknown) => (AppEnvError.is(error) ? error.code : String(error)),
  );
}

function freshHome(): string {
  return join(tempDirectory(), ".appenv");
}

describe("a platform", () => {
  test("is found by its state directory while it runs, and gone afterwards", async () => {
    const home = freshHome();
    const platform = await start({ home });
    expect(platform.home).toBe(home);
    expect(await readRunningPlatform(home)).toMatchObject({ endpoint: platform.endpoint, pid: process.pid });
    const { body } = await send(`${platform.endpoint}/healthz`);
    expect(JSON.parse(body)).toEqual({
      status: "ok",
      platform: "appenv",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      ignoredOptions: expect.arrayContaining(["resources.gpu", "clusterPool"]),
      home,
      pid: process.pid,
    });
    await Promise.all([platform.close(), platform.close()]);
    expect(existsSync(join(home, "platform.json"))).toBe(false);
    expect(await readRunningPlatform(home)).toBeUndefined();
    await expect(send(platform.endpoint)).rejects.toThrow("ECONNREFUSED");
  });

  test("runs once for a state directory, and the second one disturbs nothing", async () => {
    const home = freshHome();
    const platform = await start({ home });
    expect(await code(startPlatform({ home, port: 0 }))).toBe("PLATFORM_RUNNING");
    expect((await send(`${platform.endpoint}/healthz`)).status).toBe(200);
    expect(await readRunningPlatform(home)).toMatchObject({ endpoint: platform.endpoint });
  });

  test("that cannot start lets go of everything", async () => {
    const first = await start({ home: freshHome() });
    const home = freshHome();
    const port = Number(new URL(first.endpoint).port);
    expect(await code(startPlatform({ home, port }))).toBe("PORT_IN_USE");
    expect(await code(startPlatform({ home, port: 65_536 }))).toBe("INVALID_OPTION");
    expect(existsSync(join(home, "platform.json"))).toBe(false);
    await start({ home });
  });

  test("leaves a corrupted database as it is", async () => {
    const home = freshHome();
    await (await start({ home })).close();
    const file = join(home, "state.db");
    writeFileSync(file, "no database");
    expect(await code(startPlatform({ home, port: 0 }))).toBe("STATE_CORRUPTED");
    expect(readFileSync(file, "utf8")).toBe("no database");
    expect(await code(startPlatform({ home, port: 0 }))).toBe("STATE_CORRUPTED");
  });

  test("says that the disk is full, and starts once there is space", async (context) => {
    const disk = smallDisk(context);
    const home = join(disk, ".appenv");
    const filler = fill(disk);
    expect(await code(startPlatform({ home, port: 0 }))).toBe("DISK_FULL");
    rmSync(filler);
    await start({ home });
    expect(readFileSync(join(home, ".gitignore"), "utf8")).toBe("*\n");
  });

  test("brings stored apps back at zero replicas", async () => {
    const home = freshHome();
    await (await start({ home })).close();
    const store = openStore(join(home, "state.db"));
    store.apps.save(storedApp({ revision: 3 }));
    store.close();
    const { endpoint } = await start({ home });
    const client = createClient(AppService, createConnectTransport({ baseUrl: endpoint, httpVersion: "1.1" }));
    const { app } = await client.get({ identifier: { case: "appId", value: toIdentifier(appId()) } });
    expect(app?.metadata?.revision).toBe(3n);
    expect(app?.status?.currentReplicas).toBe(0);
    expect(app?.status?.ingress?.publicUrl).toMatch(/^http:\/\/localhost:\d+$/);
  });
});
