import { serveForTest } from "@appenv-internal/conformance";
import { expect, test } from "vitest";
import { z } from "zod";
import { connect } from "../src/client.ts";
import { webSockets, WebSocketAppEnvironment } from "../src/index.ts";

test("a typed client and a route speak by their schemas", async () => {
  const sockets = webSockets().route(
    "/add/:to",
    { params: z.object({ to: z.coerce.number() }), incoming: z.object({ x: z.number() }), outgoing: z.number() },
    async (connection) => {
      for await (const { x } of connection) await connection.send(x + connection.params.to);
    },
  );
  const env = new WebSocketAppEnvironment({ name: "add", sockets, requiresAuth: false });
  const { url } = await serveForTest(env);
  const session = connect(env, "/add/:to", { url, params: { to: 40 } });
  session.send({ x: 2 });
  for await (const message of session) {
    expect(message).toBe(42);
    break;
  }
  session.close();
});
