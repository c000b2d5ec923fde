import Fastify from "fastify";

/**
 * For the platform: lets an app that is thrown away answer one request in this process, so that Fastify has loaded the
 * validators and serializers it loads with its first instance. Most of a cold start goes there.
 */
export async function warmUp(): Promise<void> {
  const app = Fastify();
  app.get("/", { schema: { response: { 200: { type: "object" } } } }, async () => ({}));
  await app.inject("/");
  await app.close();
}
