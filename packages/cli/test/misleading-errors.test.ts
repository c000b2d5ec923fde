import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { reservedPort } from "@appenv-internal/test-support/reserved-port";
import { makeProject, runCli, startCli } from "./support/cli.ts";

const core = 'import { AppEnvironment } from "@appenv/core";\n';

function app(name: string, port: number, more: string): string {
  return `${core}export const env = new AppEnvironment({ name: "${name}", port: ${port}, requiresAuth: false });\n${more}`;
}

const reads = `
if (process.env.SHOP_URL === undefined) throw new Error("SHOP_URL is not set");
env.server(() => (request, response) => response.end(process.env.SHOP_URL));
`;

const listens = `
import { createServer } from "node:http";
createServer().listen(Number(process.env.OWN_PORT));
env.server(() => (request, response) => response.end("hello"));
`;

test("an error of a replica names the source and what a replica has not got", async () => {
  const [one, two, own] = [await reservedPort(), await reservedPort(), await reservedPort()];
  const cwd = makeProject({ "reads.ts": app("reads", one, reads), "listens.ts": app("listens", two, listens) });
  const platform = startCli(["up", "--port", "0"], cwd);
  await platform.until("stdout", "http");

  const failed = await runCli(["serve", "reads.ts", "--json"], cwd, { SHOP_URL: "http://shop" });
  const { error } = JSON.parse(failed.stderr) as { readonly error: Readonly<Record<string, string>> };
  expect(error).toEqual({
    code: "LOAD_FAILED",
    message: expect.stringContaining("reads.ts:4:47: Error: SHOP_URL is not set"),
    fix: expect.stringMatching(/env var SHOP_URL.*`envVars` or `secrets`.*`-e SHOP_URL=VALUE`/),
  });
  expect(error["message"]).not.toMatch(/[0-9a-f]{32}/);

  // The env vars of `-e` are set while the file is read, too.
  const served = await runCli(["serve", "reads.ts", "-e", "SHOP_URL=http://shop", "--json"], cwd);
  expect(served.code).toBe(0);
  const { endpoint } = JSON.parse(served.stdout) as { readonly endpoint: string };
  expect(await (await fetch(endpoint, { headers: { connection: "close" } })).text()).toBe("http://shop");

  const other = createServer().listen(own);
  await once(other, "listening");
  const taken = await runCli(["serve", "listens.ts", "-e", `OWN_PORT=${own}`, "--json"], cwd);
  expect(JSON.parse(taken.stderr)).toMatchObject({
    error: { message: expect.stringContaining("EADDRINUSE"), fix: expect.stringContaining("leave `listen()` out") },
  });
  other.close();
  await platform.stop();
});
