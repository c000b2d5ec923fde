import { once } from "node:events";
import { openPage, serveExample, systemProgram } from "@appenv-internal/conformance";
import { expect, test } from "vitest";

const file = new URL("app.ts", import.meta.url);
const chromium = systemProgram("chromium");

test("answers what fits, and says why it does not answer the rest", async () => {
  const { endpoint, stop } = await serveExample(file);
  const socket = new WebSocket(`${endpoint.replace("http", "ws")}/ws`);
  await once(socket, "open");
  const ask = async (message: string): Promise<unknown> => {
    const answered = once(socket, "message");
    socket.send(message);
    return JSON.parse((await answered)[0].data);
  };
  expect(await ask('{"text":"Hello, Server!"}')).toEqual({ text: "Echo: Hello, Server!" });
  expect(await ask('{"text":""}')).toMatchObject({ type: "error", code: "INVALID_MESSAGE" });
  expect(await ask("Hello")).toMatchObject({ type: "error" });
  expect(await ask('{"text":"Still here"}')).toEqual({ text: "Echo: Still here" });
  socket.close();
  await once(socket, "close");
  expect(await stop()).toBe(0);
});

test.skipIf(chromium.missing)("the page talks to the socket", async () => {
  const { endpoint } = await serveExample(file);
  const { page, problems } = await openPage(chromium.path ?? "", endpoint);
  await page.getByLabel("Message").fill("<b>Hello</b>");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("listitem").getByText("Echo: <b>Hello</b>").waitFor();
  expect(problems).toEqual([]);
});
