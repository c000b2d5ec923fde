import type { OpenApiDocument, Schema } from "@appenv/core";
import { Described, inJson, objectOf, problems, text } from "../http/described.ts";
import type { WebhookSource } from "../sources/source.ts";

/** The OpenAPI document of a webhook. */
export async function describeWebhook(
  path: string,
  { name, signatureHeader }: WebhookSource,
  schemas: readonly Schema[],
): Promise<OpenApiDocument> {
  const described = new Described();
  const [first, ...others] = await Promise.all(schemas.map((schema) => described.schema(schema, "input")));
  const payload = others.length === 0 ? (first ?? {}) : { anyOf: [first, ...others] };
  const run = objectOf({ name: text, url: text });
  described.add(path, "post", {
    summary: `Deliveries of ${name}`,
    operationId: `webhook_${name}`,
    tags: ["webhooks"],
    // The signature stands in for a key.
    security: [],
    parameters: [{ name: signatureHeader, in: "header", required: true, schema: text, description: "The signature." }],
    requestBody: { required: true, ...inJson("The event", payload) },
    responses: {
      200: { description: "It was taken, or is of a type that is not taken: `ignored` names it" },
      202: inJson("It started a run", objectOf({ run })),
      204: { description: "It was taken" },
      ...problems({
        400: "The payload does not fit",
        401: "The signature is missing, wrong or late",
        409: "The delivery has started another run before",
        413: "The body is too large",
        429: "There were too many deliveries",
        503: "Too many are being handled",
      }),
    },
  });
  return described.document(name);
}
