import { defineConfig, type UserConfig } from "tsdown";
import { prune } from "./prune.ts";

const config: UserConfig = defineConfig({
  entry: ["src/index.ts"],
  format: "esm",
  platform: "node",
  fixedExtension: false,
  dts: { oxc: true },
  logLevel: "warn",
  onSuccess: () => prune(new URL("dist/index.js", import.meta.url)),
});

export default config;
