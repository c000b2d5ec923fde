import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "@appenv/client/internal";
import { makeProject, runCli } from "./support/cli.ts";

const endpoint = ["create", "config", "--endpoint", "http://localhost:8090"];

test("the file is where Flyte's clients look for it, and the client reads it back", async () => {
  const cwd = makeProject();
  const args = [...endpoint, "--insecure", "-p", "shop", "-d", "production", "--json"];
  args.push("--auth-type", "DeviceFlow", "--registry", "registry.example.com/team", "--image-builder", "podman");
  const { code, stdout } = await runCli(args, cwd);
  const file = join(cwd, ".flyte/config.yaml");
  expect([code, JSON.parse(stdout)]).toEqual([0, { file }]);
  await expect(loadConfig({ cwd, home: cwd, env: {} })).resolves.toMatchObject({
    file,
    endpoint: "http://localhost:8090",
    insecure: true,
    project: "shop",
    domain: "production",
    authType: "DeviceFlow",
    imageRegistry: "registry.example.com/team",
    imageBuilder: "podman",
  });
});

test("a file that is there is replaced only with --force", async () => {
  const cwd = makeProject({ "mine.yaml": "mine" });
  const refused = await runCli([...endpoint, "-o", "mine.yaml"], cwd);
  expect(refused).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("mine.yaml is there already") });
  expect(refused.stderr).toContain("--force");
  expect(readFileSync(join(cwd, "mine.yaml"), "utf8")).toBe("mine");
  const forced = await runCli([...endpoint, "-o", "mine.yaml", "--force"], cwd);
  expect(forced.code).toBe(0);
  expect(readFileSync(join(cwd, "mine.yaml"), "utf8")).toContain("http://localhost:8090");
});

test("an endpoint that is no address is refused", async () => {
  const { code, stderr } = await runCli(["create", "config", "--endpoint", "not an address"], makeProject());
  expect(code).toBe(1);
  expect(stderr).toContain('"not an address"');
});
