// Fails unless there is the given number of apps, all listening, none with a replica.
import { App } from "@appenv/client";

const count = Number(process.argv[2]);
const apps = await App.list({ local: true, limit: count + 1 });
const atZero = apps.filter(
  ({ replicas, endpoint, status }) => replicas === 0 && endpoint !== "" && status.phase === "ACTIVE",
);
if (apps.length !== count || atZero.length !== count) {
  throw new Error(`There are ${apps.length} apps, ${atZero.length} of them at zero replicas; it should be ${count}.`);
}
