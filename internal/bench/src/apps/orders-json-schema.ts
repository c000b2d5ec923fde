/** The schema of an order for ajv, as one writes it for Fastify by hand. */
export const orderJson = {
  type: "object",
  required: ["customer", "items"],
  properties: {
    customer: {
      type: "object",
      required: ["name", "tier"],
      properties: { name: { type: "string", minLength: 1 }, tier: { type: "string", enum: ["basic", "plus"] } },
    },
    items: {
      type: "array",
      items: {
        type: "object",
        required: ["sku", "quantity", "price"],
        properties: {
          sku: { type: "string", minLength: 3, maxLength: 20 },
          quantity: { type: "integer", minimum: 1, maximum: 99 },
          price: { type: "number" },
        },
      },
    },
    note: { type: "string", maxLength: 500 },
  },
} as const;

/** The schema of a receipt for fast-json-stringify. */
export const receiptJson = {
  type: "object",
  required: ["customer", "lines", "total"],
  properties: {
    customer: { type: "string" },
    lines: {
      type: "array",
      items: {
        type: "object",
        required: ["sku", "total"],
        properties: { sku: { type: "string" }, total: { type: "number" } },
      },
    },
    total: { type: "number" },
  },
} as const;
