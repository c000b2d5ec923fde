// Waits until the platform says that an app has no replica.
import { App } from "@appenv/client";

const app = await App.get(process.argv[2] ?? "", { local: true });
for await (const { phase } of app.watch()) {
  if (app.replicas === 0 && phase === "ACTIVE") break;
}
