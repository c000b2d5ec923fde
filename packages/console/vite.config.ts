import { defineConfig, type UserConfig } from "vite";
import { compress } from "./build/compress.ts";

/** Builds the pages ahead of time: static files with hashed names, which the platform reads. */
const config: UserConfig = defineConfig({
  base: "/",
  build: {
    outDir: "dist",
    assetsDir: "console",
    // Nothing is inlined: the content security policy allows files of this origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: "es2022",
    rolldownOptions: {
      onLog: (level, log, tell) => log.code === "PLUGIN_TIMINGS" || isAboutNode(log.message) || tell(level, log),
    },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  logLevel: "warn",
  plugins: [compress()],
});

/** Parts of core and protocol that only servers use import modules of Node; they are not in the pages. */
function isAboutNode(message: string): boolean {
  return /^(\[[^\]]*\] )?Module "node:/.test(message);
}

export default config;
