import { createServer } from "node:http";
import { AppEnvironment, TaskEnvironment } from "@appenv/core";
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
