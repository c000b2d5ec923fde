import { defineConfig, type UserConfig } from "vite";

const config: UserConfig = defineConfig({
  root: import.meta.dirname + "/page",
  build: { outDir: "../dist", emptyOutDir: true },
  // `vite` shows the page while it is written; its API is then the served app.
  server: { proxy: { "/api": "http://localhost:8080" } },
});

export default config;
