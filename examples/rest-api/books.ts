import { z } from "zod";

/** A book as a client sends it. */
export const newBook = z
  .object({
    title: z.string().min(1).max(200),
    author: z.string().min(1),
    pages: z.int().positive().optional(),
    read: z.boolean().default(false),
  })
  .meta({ id: "NewBook" });

/** A book as it is stored and answered. */
export const book = newBook.extend({ id: z.int() }).meta({ id: "Book" });

/** An error, as RFC 9457 writes it. */
export const problem = z
  .object({ type: z.string(), title: z.string(), status: z.int(), detail: z.string() })
  .meta({ id: "NotFound" });

/** In memory: a database would be in its place. */
export const books: Map<number, z.output<typeof book>> = new Map();
