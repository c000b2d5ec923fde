import { createHash, randomUUID } from "node:crypto";
import { serve } from "@appenv/core";
import { ExpressAppEnvironment, route } from "@appenv/express";
import express from "express";
import { z } from "zod";

const answer = z.object({ variant: z.enum(["A", "B"]), message: z.string() });

function variant(name: "A" | "B", port: number, message: string): ExpressAppEnvironment {
  const app = express();
  app.get(
    "/",
    route({ response: answer }, () => ({ variant: name, message })),
  );
  return new ExpressAppEnvironment({ name: `variant-${name.toLowerCase()}`, app, port });
}

export const a = variant("A", 8081, "Buy now");
export const b = variant("B", 8082, "Add to cart");

/** Percentage of visitors who see B. */
const shareOfB = Number(process.env["SHARE_OF_B"] ?? 0.5);

const app = express();

export const root = new ExpressAppEnvironment({
  name: "ab-testing",
  app,
  description: "Shows each visitor one of two variants",
  requiresAuth: false,
  dependsOn: [a, b],
});

app.get("/", async (request, response) => {
  const known = /(?:^|; )visitor=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];
  const visitor = known ?? randomUUID();
  if (known === undefined)
    response.cookie("visitor", visitor, { httpOnly: true, sameSite: "lax", maxAge: 30 * 86_400_000 });
  const chosen = isB(visitor) ? b : a;
  const shown = await chosen.fetch("/");
  response
    .status(shown.status)
    .type("json")
    .send(await shown.text());
});

/** The same for a visitor each time, without a list of visitors. */
function isB(visitor: string): boolean {
  return createHash("sha256").update(visitor).digest().readUInt32BE() / 2 ** 32 < shareOfB;
}

if (import.meta.main) console.log((await serve(root)).endpoint);
