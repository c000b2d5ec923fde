import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serveExample } from "@appenv-internal/conformance";
import { expect, onTestFinished, test, vi } from "vitest";

// Several processes, on a machine that may have a lot to do.
vi.setConfig({ testTimeout: 180_000 });

const file = new URL("app.ts", import.meta.url);

test("the frontend asks the app its parameter names, or whichever it is served with", async () => {
  const { endpoint, run } = await serveExample(file, "frontend");
  const apps = JSON.parse(await run("get", "app", "--json")) as { name: string; endpoint: string }[];
  const backend = apps.find(({ name }) => name === "greetings-api");
  const greet = async (): Promise<unknown> =>
    (await fetch(`${endpoint}/greet/Ada`, { headers: { connection: "close" } })).json();
  expect(await greet()).toEqual({ message: "Hello, Ada!", from: backend?.endpoint });

  const other = createServer((request, response) => response.end(JSON.stringify({ message: `Bye ${request.url}` })));
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void other.close());
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  await run("serve", file.pathname, "frontend", "--local", "--json", "--param", `greetings=${url}`);
  await expect.poll(greet).toEqual({ message: "Bye /greeting/Ada", from: url });

  await run("serve", file.pathname, "backend", "--local", "--json", "--name", "mine");
  await run("serve", file.pathname, "frontend", "--local", "--json", "--param", "greetings=mine");
  await expect.poll(greet).toMatchObject({ message: "Hello, Ada!", from: expect.not.stringContaining(url) });
  expect(await greet()).not.toMatchObject({ from: backend?.endpoint });
});
