import { expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { connect, socketClient } from "../src/client.ts";
import { webSockets } from "../src/index.ts";

const sockets = webSockets()
  .route(
    "/chat/:room",
    {
      params: z.object({ room: z.string() }),
      query: z.object({ since: z.coerce.number<string>() }),
      incoming: z.object({ text: z.string(), to: z.string().default("all") }),
      outgoing: z.object({ at: z.number().transform((ms) => `${ms} ms`) }),
    },
    () => {},
  )
  .route("/raw", {}, () => {});
type Sockets = typeof sockets;

test("a client's types are those of the schemas: what goes in, and what comes out", () => {
  const url = "http://127.0.0.1:9";
  const chat = connect({} as Sockets, "/chat/:room", { url, params: { room: "a" }, query: { since: "1" } });
  expectTypeOf(chat.send).parameter(0).toEqualTypeOf<{ text: string; to?: string | undefined }>();
  expectTypeOf(chat[Symbol.asyncIterator]).returns.toExtend<AsyncGenerator<{ at: string }>>();
  const raw = socketClient<Sockets>(url).connect("/raw");
  expectTypeOf(raw.send).parameter(0).toEqualTypeOf<string | Uint8Array>();
  for (const session of [chat, raw]) session.close();

  const client = socketClient<Sockets>(url);
  // @ts-expect-error There is no such route.
  expect(() => client.connect("/other/:name", {})).toThrow(TypeError);
  // @ts-expect-error The room is missing.
  expect(() => client.connect("/chat/:room")).toThrow(TypeError);
  // @ts-expect-error The room is missing.
  expect(() => client.connect("/chat/:room", { query: { since: "1" } })).toThrow(TypeError);
});
