import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { AppService, toSpec, type AppDefinition } from "@appenv/protocol";
import { App } from "@appenv/client";
import { tempDirectory } from "@appenv-internal/test-support/temp-directory";
import { expect, onTestFinished, test, vi } from "vitest";
import { shellCommand } from "../../src/apps/images/shell-command.ts";
import { startPlatform } from "../../src/index.ts";
import { definition } from "../support/app.ts";

const id = { project: "flytesnacks", domain: "development", name: "own-program" };

test("the program of an app with an image serves behind the ingress, on a port of this machine's choice", async () => {
  const directory = tempDirectory();
  vi.stubEnv("APPENV_HOME", join(directory, ".appenv"));
  onTestFinished(() => void vi.unstubAllEnvs());
  const platform = await startPlatform({ home: join(directory, ".appenv"), port: 0 });
  onTestFinished(() => platform.close());
  const program = join(directory, "program.mjs");
  writeFileSync(
    program,
    `import { createServer } from "node:http";
const [, , port, greeting] = process.argv;
createServer((request, response) => response.end(greeting + " " + process.env.WHO)).listen(Number(port), "127.0.0.1");`,
  );
  const apps = createClient(AppService, createConnectTransport({ baseUrl: platform.endpoint, httpVersion: "1.1" }));
  const create = (changes: Partial<AppDefinition>, ...words: readonly string[]) => {
    const launch = { kind: "image", image: "acme/app:1", command: [process.execPath, program], args: words } as const;
    const wanted = { ...definition(), launch, port: 8123, requiresAuth: false, ...changes };
    return apps.create({ app: { metadata: { id }, spec: toSpec(wanted) } });
  };
  await create({ envVars: { WHO: "Ada" } }, "8123", "it's");
  await expect.poll(async () => (await App.get(id.name)).status.phase).toBe("ACTIVE");
  const { endpoint } = await App.get(id.name);
  expect(await (await fetch(endpoint)).text()).toBe("it's Ada");
  await create({ envVars: { WHO: "Bob" }, requiresAuth: true }, "8123", "now");
  await expect.poll(async () => (await fetch(endpoint)).status).toBe(401);

  const wrong = create({ launch: { kind: "image", image: "acme/app:1", command: [], args: [] } });
  await expect(wrong).rejects.toThrow("states no program but that of the image 'acme/app:1'");
});

test("words are kept as they are, but the port, which is that of the process", () => {
  const words = ["/bin/echo", "a b", "it's", "$HOME", "", "8080", "--port=8080", "0.0.0.0:8080", "18080", "8080x"];
  const [shell = "", ...args] = shellCommand(["/usr/bin/printf", "%s|", ...words.slice(1)], 8080);
  const said = execFileSync(shell, args, { env: { PORT: "4711" } }).toString();
  expect(said).toBe("a b|it's|$HOME||4711|--port=4711|0.0.0.0:4711|18080|8080x|");
});
