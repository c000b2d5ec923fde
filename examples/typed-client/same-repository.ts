import { TaskClient } from "@appenv/client/tasks";
import type * as service from "./service.ts";

// Whoever shares the repository needs no generated file: the types come from the tasks, and their code stays out.
const client = new TaskClient<typeof service>();
const { cents, currency } = await client.call("billing.bill", { items: [{ name: "kettle", cents: 2_900 }] });
console.log(`${cents / 100} ${currency}`);
