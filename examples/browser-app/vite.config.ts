import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname + "/page",
  build: { outDir: "../dist", emptyOutDir: true },
  // `vite` shows the page while it is written; its API is then the served app.
  server: { proxy: { "/api": "http://localhost:8080" } },
});
