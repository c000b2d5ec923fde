import { AppEndpoint, FlyteFile } from "@appenv/core";
import { parameterTests } from "@appenv-internal/conformance";
import { WebhookAppEnvironment } from "../src/index.ts";

const typed = new WebhookAppEnvironment({
  name: "typed",
  parameters: [
    { name: "model", value: new FlyteFile("model.bin") },
    { name: "data", type: "directory" },
    { name: "backend", value: new AppEndpoint("backend") },
  ],
});
parameterTests(typed);
