import { openPage, serveExample, systemProgram } from "@appenv-internal/conformance";
import { connect } from "@appenv/ws/client";
import { describe, expect, test } from "vitest";
import type { sockets } from "./chat-rooms.ts";

const file = new URL("chat-rooms.ts", import.meta.url);
const chromium = systemProgram("chromium");

test("the typed client talks, sees who is there, and rooms are apart", async () => {
  const { endpoint, stop } = await serveExample(file);
  const typesOnly = {} as typeof sockets;
  const enter = (room: string, name: string) =>
    connect(typesOnly, "/chat/:room", { url: endpoint, params: { room }, query: { name } });
  const [ada, bob, eve] = [enter("lobby", "Ada"), enter("lobby", "Bob"), enter("cellar", "Eve")];
  const heard: string[] = [];
  const overheard: unknown[] = [];
  const names: string[][] = [];
  bob.on("message", ({ data }) =>
    data.type === "said" ? heard.push(`${data.name}: ${data.text}`) : names.push(data.names),
  );
  eve.on("message", ({ data }) => data.type === "said" && overheard.push(data));
  await expect.poll(() => names.at(-1)).toEqual(["Ada", "Bob"]);
  ada.send({ text: "Hello, Bob" });
  await expect.poll(() => heard).toEqual(["Ada: Hello, Bob"]);
  ada.close();
  await expect.poll(() => names.at(-1)).toEqual(["Bob"]);
  expect(overheard).toEqual([]);
  bob.close();
  eve.close();
  expect(await stop()).toBe(0);
});

describe.skipIf(chromium.missing !== undefined)("the page", () => {
  test("two browsers talk to each other", async () => {
    const { endpoint } = await serveExample(file);
    const [ada, bob] = [await openPage(chromium.path!, endpoint), await openPage(chromium.path!, endpoint)];
    for (const [{ page }, name] of [
      [ada, "Ada"],
      [bob, "Bob"],
    ] as const) {
      await page.getByLabel("Name").fill(name);
      await page.getByRole("button", { name: "Enter" }).click();
    }
    await bob.page.getByText("Here: Ada, Bob").waitFor();
    await ada.page.getByLabel("Message").fill("<b>Hello</b>");
    await ada.page.getByRole("button", { name: "Say" }).click();
    for (const { page } of [ada, bob]) await page.getByText("Ada: <b>Hello</b>").waitFor();
    expect([...ada.problems, ...bob.problems]).toEqual([]);
  });
});
