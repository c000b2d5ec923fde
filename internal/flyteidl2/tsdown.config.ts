import { rmSync, readdirSync, writeFileSync } from "node:fs";
import { defineConfig, type UserConfig } from "tsdown";
import { prune, type KeptMethods } from "./prune.ts";

const dist = new URL("dist/", import.meta.url);

/** `src/index.ts` says the same in types. */
const methodsOfApps: KeptMethods = { "flyteidl2.dataproxy.DataProxyService": ["CreateUploadLocation"] };

const config: UserConfig = defineConfig({
  entry: ["src/index.ts", "src/secrets.ts", "src/tasks.ts", "src/values.ts"],
  format: "esm",
  platform: "node",
  fixedExtension: false,
  dts: { oxc: true },
  logLevel: "warn",
  onSuccess: pruneBundles,
});

/** Each stands by itself: an app's client does not load the messages of tasks. */
async function pruneBundles(): Promise<void> {
  const bundles = [
    ["index.js", await prune(new URL("index.js", dist), methodsOfApps)],
    ["secrets.js", await prune(new URL("secrets.js", dist))],
    ["tasks.js", await prune(new URL("tasks.js", dist))],
    ["values.js", await prune(new URL("values.js", dist))],
  ] as const;
  for (const name of readdirSync(dist)) if (name.endsWith(".js")) rmSync(new URL(name, dist));
  for (const [name, text] of bundles) writeFileSync(new URL(name, dist), text);
}

export default config;
