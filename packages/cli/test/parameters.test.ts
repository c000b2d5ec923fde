import { expect, test } from "vitest";
import { makeProject, runCli, startCli, type RunningCli } from "./support/cli.ts";

const app = `
import { readFileSync } from "node:fs";
import { AppEndpoint, AppEnvironment, FlyteFile, getParameter } from "@appenv/core";
// Read while the file is imported: in a replica it is there by then, and here, where it is only read, it is not.
const model = process.env["MODEL_PATH"];
export const backend = new AppEnvironment({
  name: "backend",
  requiresAuth: false,
  parameters: [{ name: "mode", value: "slow" }],
});
backend.server(({ parameters }) => (_, response) => response.end(parameters.mode));
export const front = new AppEnvironment({
  name: "front",
  requiresAuth: false,
  dependsOn: [backend],
  parameters: [
    { name: "model", value: new FlyteFile("small.txt"), envVar: "MODEL_PATH", mount: "mounted/" },
    { name: "backend", value: new AppEndpoint("backend"), envVar: "BACKEND_URL" },
    { name: "owner" },
  ],
});
front.server(() => async (_, response) => {
  const mode = await (await fetch(process.env["BACKEND_URL"])).text();
  response.end([readFileSync(model, "utf8"), mode, getParameter("owner"), getParameter("model")].join(" "));
});
export const command = new AppEnvironment({
  name: "command",
  requiresAuth: false,
  parameters: [{ name: "model", value: new FlyteFile("small.txt"), envVar: "MODEL_PATH" }],
  command: ["node", "-e", "require('http').createServer((_, s) => s.end(process.env.MODEL_PATH)).listen(process.env.PORT)"],
});
`;

const files = { "app.ts": app, "small.txt": "small", "large.txt": "large" };

async function endpointOf(cli: RunningCli): Promise<string> {
  await cli.until("stdout", "\n");
  return (JSON.parse(cli.stdout.split("\n")[0] ?? "") as { endpoint: string }).endpoint;
}

async function textOf(endpoint: string): Promise<string> {
  return (await fetch(endpoint, { headers: { connection: "close" } })).text();
}

test("--param wins over the file, for the app and for one it depends on", async () => {
  const cwd = makeProject(files);
  const first = startCli(["serve", "app.ts", "front", "--port", "0", "--json", "--param", "owner=Ada=1"], cwd);
  const endpoint = await endpointOf(first);
  expect(await textOf(endpoint)).toBe(`small slow Ada=1 ${cwd}/mounted/small.txt`);

  const others = ["--param", "owner=Ada", "--param", "model=../large.txt", "--param", "backend.mode=fast"];
  // A path is meant from where the command is typed, not from where the app runs.
  const inside = ["serve", "../app.ts", "front", "--json", ...others];
  const again = await runCli(inside, `${cwd}/mounted`, { APPENV_HOME: `${cwd}/.appenv`, HOME: cwd });
  expect(again).toMatchObject({ code: 0 });
  await expect.poll(() => textOf(endpoint)).toBe(`large fast Ada ${cwd}/mounted/large.txt`);

  const inCommand = await runCli(["serve", "app.ts", "command", "--json"], cwd);
  expect(await textOf(JSON.parse(inCommand.stdout).endpoint)).toBe(`${cwd}/small.txt`);

  const gone = await runCli(["serve", "app.ts", "front", "--param", "owner=a", "--param", "model=gone.txt"], cwd);
  expect(gone.code).toBe(1);
  expect(gone.stderr).toMatch(/The parameter 'model' of 'front' names .*gone.txt, which is not there/);
  expect(await textOf(endpoint)).toContain("large");
  await first.stop();
});

test("refuses wrong parameters before anything is served", async () => {
  const cwd = makeProject(files);
  const errorOf = async (...args: string[]) => {
    const { code, stderr } = await runCli([...args, "--json", "--local", "--port", "0"], cwd);
    expect(code).toBe(1);
    return JSON.parse(stderr.trim().split("\n").at(-1) ?? "").error;
  };
  expect(await errorOf("serve", "app.ts", "front")).toMatchObject({
    code: "PARAMETER_FAILED",
    message: "The parameter 'owner' of 'front' has no value.",
    fix: expect.stringContaining("--param owner=VALUE"),
  });
  const unknown = await errorOf("serve", "app.ts", "front", "--param", "owner=a", "--param", "modle=b");
  expect(unknown).toMatchObject({
    message: "'front' has no parameter 'modle'. Did you mean 'model'?",
    fix: expect.stringContaining("'model', 'backend', 'owner'"),
  });
  const inOther = await errorOf("serve", "app.ts", "front", "--param", "owner=a", "--param", "backend.modle=b");
  expect(inOther).toMatchObject({ message: "'backend' has no parameter 'modle'. Did you mean 'mode'?" });
  const far = await errorOf("serve", "app.ts", "front", "--param", "owner=a", "--param", "model=s3://bucket/m");
  expect(far).toMatchObject({ message: expect.stringContaining("s3://bucket/m, and nothing here fetches 's3:'") });
});

test("deploy takes them too", async () => {
  const cwd = makeProject(files);
  const platform = startCli(["up", "--port", "0"], cwd);
  await platform.until("stdout", "http");
  const refused = await runCli(["deploy", "app.ts", "front"], cwd);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("'owner' of 'front' has no value") });
  const deployed = await runCli(["deploy", "app.ts", "front", "--json", "--param", "owner=Ada"], cwd);
  expect(deployed.code).toBe(0);
  const apps = JSON.parse(deployed.stdout) as { name: string; endpoint: string }[];
  const front = apps.find(({ name }) => name === "front");
  expect(await textOf(front?.endpoint ?? "")).toBe(`small slow Ada ${cwd}/mounted/small.txt`);
  await platform.stop();
});
