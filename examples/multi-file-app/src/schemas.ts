import { z } from "zod";

/** Part of a path. */
export const byId = z.object({ id: z.coerce.number().int() });

export const newUser = z.object({ name: z.string().min(1).max(60) }).meta({ id: "NewUser" });
export const user = newUser.extend({ id: z.int() }).meta({ id: "User" });

export const newItem = z
  .object({ name: z.string().min(1), owner: z.int().describe("A user's id") })
  .meta({ id: "NewItem" });
export const item = newItem.extend({ id: z.int() }).meta({ id: "Item" });

/** The body of an error, as `failures` sends it. */
export const failure = z.object({ error: z.string() }).meta({ id: "Failure" });

export type User = z.output<typeof user>;
export type Item = z.output<typeof item>;
