import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppEnvError } from "@appenv/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { openHome } from "../../src/state/home.ts";
import { fill, smallDisk } from "@appenv-internal/test-support/small-disk";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

function thrown(action: () => unknown): AppEnvError {
  try {
    action();
  } catch (error) {
    if (AppEnvError.is(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

async function holdInAnotherProcess(path: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(import.meta.resolve("../support/lock-holder.ts")), [path]);
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "message");
  return child;
}

describe("the state directory", () => {
  test("is private, ignored by git and says where the platform is", () => {
    const path = join(tempDirectory(), "deep", ".appenv");
    const home = openHome(path);
    home.publish("http://localhost:7070");
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(home.logs).mode & 0o777).toBe(0o700);
    expect(statSync(home.bundles).isDirectory()).toBe(true);
    expect(readFileSync(join(path, ".gitignore"), "utf8")).toBe("*\n");
    const file = join(path, "platform.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const content = JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
    expect(content).toMatchObject({ endpoint: "http://localhost:7070", pid: process.pid, home: path });
    expect(Date.parse(content["startedAt"] ?? "")).not.toBeNaN();
    home.close();
    home.close();
    expect(existsSync(file)).toBe(false);
  });

  test("takes one platform at a time, and names the one that has it", () => {
    const path = tempDirectory();
    const first = openHome(path);
    first.publish("http://localhost:7171");
    const error = thrown(() => openHome(path));
    expect(error.code).toBe("PLATFORM_RUNNING");
    expect(error.message).toBe(
      `A platform already runs for ${path}. It is process ${process.pid}, at http://localhost:7171.`,
    );
    expect(existsSync(join(path, "platform.json"))).toBe(true);
    first.close();
    openHome(path).close();
  });

  test("is free again after kill -9 of its holder", async () => {
    const path = tempDirectory();
    const child = await holdInAnotherProcess(path);
    const error = thrown(() => openHome(path));
    expect(error.code).toBe("PLATFORM_RUNNING");
    expect(error.message).toContain(`process ${child.pid}, at http://localhost:7070`);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(existsSync(join(path, "platform.json"))).toBe(true);
    const home = openHome(path);
    expect(existsSync(join(path, "platform.json"))).toBe(false);
    home.close();
  });

  test("says that it cannot be written", () => {
    const file = join(tempDirectory(), "file");
    writeFileSync(file, "");
    const error = thrown(() => openHome(join(file, ".appenv")));
    expect(error.code).toBe("STATE_UNWRITABLE");
    expect(error.message).toContain(join(file, ".appenv"));
  });

  test("says that the disk is full", (context) => {
    const disk = smallDisk(context);
    const home = openHome(join(disk, ".appenv"));
    fill(disk);
    const error = thrown(() => home.publish("http://localhost:7070"));
    expect(error.code).toBe("DISK_FULL");
    expect(existsSync(join(home.path, "platform.json"))).toBe(false);
    home.close();
  });
});
