import { openPage, serveExample, systemProgram } from "@appenv-internal/conformance";
import type { ClientToServerEvents, ServerToClientEvents } from "@appenv/socket.io";
import { io, type Socket } from "socket.io-client";
import { expect, onTestFinished, test } from "vitest";
import type { chatEvents } from "./events.ts";

const file = new URL("socket-io-chat.ts", import.meta.url);
const chromium = systemProgram("chromium");

type ChatSocket = Socket<ServerToClientEvents<typeof chatEvents>, ClientToServerEvents<typeof chatEvents>>;

function connect(endpoint: string): ChatSocket {
  const socket: ChatSocket = io(endpoint, { forceNew: true });
  onTestFinished(() => void socket.disconnect());
  return socket;
}

test("a public client joins a room, talks, and is told what does not fit", async () => {
  const { endpoint, stop } = await serveExample(file);
  const [ada, bob] = [connect(endpoint), connect(endpoint)];
  expect(await ada.emitWithAck("join", "tea", "Ada")).toEqual({ members: 1 });
  expect(await bob.emitWithAck("join", " tea ", "Bob")).toEqual({ members: 2 });
  const heard = new Promise((resolve) => bob.once("message", resolve));
  ada.emit("say", "  hello  ");
  expect(await heard).toEqual({ room: "tea", from: "Ada", text: "hello" });
  const refused = await ada.emitWithAck("join", "", "Ada");
  expect(refused).toMatchObject({ error: { code: "INVALID_EVENT", issues: [{ path: "/0" }] } });
  expect(await stop()).toBe(0);
});

test.skipIf(chromium.missing)("people talk on the page", async () => {
  const { endpoint } = await serveExample(file);
  const ada = connect(endpoint);
  await ada.emitWithAck("join", "lobby", "Ada");
  const { page, problems } = await openPage(chromium.path ?? "", endpoint);
  await page.getByLabel("Name").fill("Bob");
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByText("2 here").waitFor();
  const heard = new Promise((resolve) => ada.once("message", ({ from, text }) => resolve([from, text])));
  await page.getByLabel("Message").fill("hello from the page");
  await page.getByRole("button", { name: "Send" }).click();
  expect(await heard).toEqual(["Bob", "hello from the page"]);
  ada.emit("say", "hello back");
  await page.getByText("Ada: hello back").waitFor();
  expect(problems).toEqual([]);
});
