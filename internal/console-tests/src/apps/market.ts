import { once } from "node:events";
import { FastifyAppEnvironment } from "@appenv/fastify";
import { webSockets } from "@appenv/ws";
import Fastify from "fastify";
import { z } from "zod";
import { markup } from "./stall.ts";

/** A market: what its page can ask of it, and be told. */
export const market = new FastifyAppEnvironment({
  name: "market",
  app: Fastify(),
  scaling: { replicas: 1 },
});

const fruit = z.object({ name: z.string().describe("as on the sign"), grams: z.int().default(100), ripe: z.boolean() });

market.app.post(
  "/fruits/:stand",
  {
    schema: {
      summary: "Puts a fruit on a stand",
      params: z.object({ stand: z.string() }),
      querystring: z.object({ tag: z.array(z.string()).optional() }),
      body: fruit,
    },
  },
  async ({ params, query, body }, reply) => {
    void reply.header("x-market", markup);
    return { stand: params.stand, tags: query.tag ?? [], fruit: body };
  },
);

market.app.get("/sign", { schema: { summary: "The sign, with markup" } }, async (_, reply) =>
  reply.type("text/html").send(`<h1>Open</h1>${markup}`),
);

market.app.get("/photo", async (_, reply) => reply.type("image/png").send(Buffer.from([137, 80, 78, 71, 0])));

market.app.get("/bell", async (_, reply) => {
  void reply.hijack();
  reply.raw.writeHead(200, { "content-type": "text/event-stream" });
  reply.raw.write("data: ding\n\n");
  ring = () => reply.raw.end("data: dong\n\n");
});

let ring = (): void => {};

market.app.get("/ring", async () => {
  ring();
  return "rung";
});

market.app.get("/talk", { schema: { querystring: z.object({ lines: z.coerce.number() }) } }, async ({ query }) => {
  for (let line = 1; line <= query.lines; line += 1) {
    if (!process.stdout.write(`line ${line} of ${query.lines}\n`)) await once(process.stdout, "drain");
  }
  process.stdout.write("WARN few pears\nERROR no pears\n");
  return "said";
});

market.app.get("/leave", async () => process.exit(7));

market.mount(
  webSockets().route(
    "/haggle/:stand",
    {
      summary: "Haggles",
      incoming: z.object({ offer: z.int().default(3) }),
      outgoing: z.object({ answer: z.string() }),
    },
    async (connection) => {
      for await (const { offer } of connection) await connection.send({ answer: `${offer} is too little ${markup}` });
    },
  ),
);
