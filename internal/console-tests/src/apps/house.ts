import { createServer } from "node:http";
import { AppEnvironment, TaskEnvironment } from "@appenv/core";
import { hmac, webhook } from "@appenv/webhooks";
import { z } from "zod";

/** An app that asks for a key, and wants a secret. */
export const kitchen = new AppEnvironment({ name: "kitchen", secrets: ["oven-code"], scaling: { replicas: 1 } });
kitchen.server(() =>
  createServer((request, response) => {
    response.statusCode = request.url === "/burnt" ? 500 : 200;
    response.end(`${process.env["OVEN_CODE"]?.length ?? 0}`);
  }),
);

/** An app that calls the other. */
export const hall = new AppEnvironment({
  name: "hall",
  requiresAuth: false,
  dependsOn: [kitchen],
  scaling: { replicas: 1 },
});
hall.server(() =>
  createServer((request, response) => {
    kitchen.fetch(request.url ?? "/", { retry: false }).then(
      (answer) => response.end(`kitchen: ${answer.status}`),
      () => response.end("closed"),
    );
  }),
);

export const house = new TaskEnvironment({ name: "house", dependsOn: [hall] });

export const knock = house.task(
  { name: "knock", input: z.object({ door: z.string() }), output: z.string() },
  async ({ door }) => (await hall.fetch(`/${door}`)).text(),
);

export const visit = house.task({ name: "visit", input: z.object({}), output: z.string() }, async () =>
  knock({ door: "front" }),
);

/** An app with a bell: a signed delivery rings it. */
export const porch = new AppEnvironment({
  name: "porch",
  secrets: ["bell"],
  dependsOn: [house],
  scaling: { replicas: [0, 1] },
});
porch.server(() => createServer((_, response) => response.end()));

const bell = hmac({ name: "bell", secret: "BELL", header: "x-bell", id: "x-ring", type: "x-kind" });
const payload = { ring: z.object({ door: z.string() }) };
porch.mount(webhook(bell, (event) => event.run(knock, { door: event.payload.door }), { payload }));
