import { readFileSync } from "node:fs";
import { defineConfig, type UserConfig } from "tsdown";

// One configuration for every published package, run in the package's directory: what it builds is what the
// package's own manifest exports.
const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
  exports: Record<string, string>;
  bin?: Record<string, string>;
};
const sources = [...Object.values(manifest.exports), ...Object.values(manifest.bin ?? {})];

const config: UserConfig = defineConfig({
  cwd: process.cwd(),
  entry: Object.fromEntries(sources.map((file) => [file.replace("./src/", "").replace(/\.ts$/, ""), file])),
  format: "esm",
  platform: "node",
  target: "node22.19",
  fixedExtension: false,
  dts: { oxc: true },
  sourcemap: true,
  clean: true,
  logLevel: "warn",
});

export default config;
