import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { send } from "../support/api.ts";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";

const fixture = fileURLToPath(new URL("fixtures/own-process.ts", import.meta.url));

test("a platform serves on after an error that nobody caught, and ends when its state is broken", async () => {
  const home = join(tempDirectory(), ".appenv");
  const child = fork(fixture, [home], { stdio: ["ignore", "inherit", "pipe", "ipc"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const stderr = text(child.stderr ?? process.stdin);
  const [endpoint] = (await once(child, "message")) as [string];
  const log = join(home, "logs", "platform.log");
  child.send("throw");
  child.send("reject");
  await expect.poll(() => readFileSync(log, "utf8")).toMatch(/nobody waits/);
  expect((await send(`${endpoint}/healthz`)).status).toBe(200);

  child.send("corrupt");
  expect(await once(child, "exit")).toEqual([1, null]);
  const written = readFileSync(log, "utf8");
  expect(written).toMatch(/An error was not caught: SyntaxError: .*\n {4}at JSON\.parse/);
  expect(written).toMatch(/A rejected promise was not caught: TypeError: nobody waits\n {4}at .*own-process\.ts/);
  expect(written).toContain("database disk image is malformed");
  expect(existsSync(join(home, "platform.json"))).toBe(false);
  // People are shown one line of each.
  const shown = (await stderr).trim().split("\n").toSorted();
  expect(shown).toHaveLength(3);
  expect(shown[0]).toMatch(/^A rejected promise was not caught: Error: database disk image is malformed \(More in /);
  expect(shown[1]).toBe(`A rejected promise was not caught: TypeError: nobody waits (More in ${log})`);
  expect(shown[2]).toMatch(/^An error was not caught: SyntaxError: /);
});
