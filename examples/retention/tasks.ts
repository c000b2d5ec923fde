import { TaskEnvironment } from "@appenv/core";
import { z } from "zod";

export const office = new TaskEnvironment({
  name: "retention",
  description: "Papers that are kept for different times",
});

const paper = { input: z.object({ text: z.string() }), output: z.string() };

/** Kept as long as the platform keeps runs: `appenv up --keep-runs 30d`. */
export const note = office.task({ name: "note", description: "Takes a note.", ...paper }, ({ text }) => text);

export const draft = office.task(
  { name: "draft", description: "Writes a draft, which nobody wants after a day.", retention: "1 day", ...paper },
  ({ text }) => text,
);

export const invoice = office.task(
  {
    name: "invoice",
    description: "Writes an invoice, which the law wants for years.",
    retention: "3650 days",
    ...paper,
  },
  ({ text }) => text,
);
