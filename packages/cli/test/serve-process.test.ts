import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { appFiles } from "./support/app.ts";
import { makeProject, runCli, startCli } from "./support/cli.ts";

const serving = ["serve", "app.ts", "--port", "0", "--json"];

/** Code that tells which process reads the file; a replica, which runs the file too, knows its project. */
const writePid =
  'if (!process.env["FLYTE_INTERNAL_EXECUTION_PROJECT"]) process.getBuiltinModule("node:fs").writeFileSync("reader", String(process.pid));';

/** A project whose file does something while it is imported, beside declaring its app. */
async function makeApp(code: string): Promise<string> {
  const files = await appFiles();
  return makeProject({ ...files, "app.ts": `${files["app.ts"]}\n${code}\n` });
}

test.each([
  ["process.exit(0);", "was ended with exit code 0"],
  ["process.exit(7);", "was ended with exit code 7"],
  ['process.kill(process.pid, "SIGKILL");', "was ended by SIGKILL"],
  ['process.nextTick(() => { throw new Error("too late"); });', "too late"],
  ['Promise.reject(new Error("not awaited")); await new Promise((done) => setImmediate(done));', "not awaited"],
])("a file that does %j while it is read fails the command with one error", async (code, message) => {
  const { stderr, ...result } = await runCli(serving, await makeApp(code));
  expect(result).toEqual({ code: 1, stdout: "" });
  expect(JSON.parse(stderr)).toMatchObject({
    error: { code: "LOAD_FAILED", message: expect.stringContaining(message), fix: expect.any(String) },
  });
});

test("an error that the file throws later does not end the platform", async () => {
  const cwd = await makeApp(`process.once("SIGUSR2", () => { throw new Error("much later"); }); ${writePid}`);
  const cli = startCli([...serving, "--watch"], cwd);
  await cli.until("stdout", "\n");
  const { endpoint } = JSON.parse(cli.stdout) as { endpoint: string };
  process.kill(Number(readFileSync(join(cwd, "reader"), "utf8")), "SIGUSR2");
  await cli.until("stderr", "much later");
  const answer = await fetch(endpoint, { headers: { connection: "close" } });
  expect(await answer.text()).toBe("hello world");
  expect((await cli.stop()).code).toBe(0);
});

test("a reader that ends under --watch ends the command, with the reason", async () => {
  const cwd = await makeApp(`process.once("SIGUSR2", () => process.exit(0)); ${writePid}`);
  const cli = startCli([...serving, "--watch"], cwd);
  await cli.until("stdout", "\n");
  process.kill(Number(readFileSync(join(cwd, "reader"), "utf8")), "SIGUSR2");
  const { code, stderr } = await cli.finished;
  expect([code, JSON.parse(stderr).error.code]).toEqual([1, "LOAD_FAILED"]);
});

test("Ctrl-C while the file is read ends everything, also a file that never ends", async () => {
  const cwd = await makeApp(`${writePid} console.error("reading"); for (;;);`);
  const cli = startCli(serving, cwd);
  await cli.until("stderr", "reading");
  const reader = Number(readFileSync(join(cwd, "reader"), "utf8"));
  expect(await cli.stop()).toEqual({ code: 130, stdout: "", stderr: "reading\n" });
  expect(() => process.kill(reader, 0)).toThrow("ESRCH");
});

test("kill -9 while the file is read leaves no process behind", async () => {
  const cwd = await makeApp(`${writePid} console.error("reading"); for (;;);`);
  const cli = startCli(serving, cwd);
  await cli.until("stderr", "reading");
  await expect.poll(() => existsSync(join(cwd, ".appenv", "platform.json"))).toBe(true);
  // The output closes when the last process that has it ends.
  cli.child.kill("SIGKILL");
  expect((await cli.finished).stderr).toBe("reading\n");
});

test("Ctrl-C that reaches every process of the group ends --follow with 0, and says so once", async () => {
  const cwd = await makeApp(writePid);
  const cli = startCli(["serve", "app.ts", "--port", "0", "--follow"], cwd);
  await cli.until("stdout", "hello is starting");
  process.kill(Number(readFileSync(join(cwd, "reader"), "utf8")), "SIGINT");
  const { code, stderr } = await cli.stop();
  expect(code).toBe(0);
  expect(stderr.match(/Stopping/g)).toHaveLength(1);
  expect(stderr).not.toContain("error");
});
