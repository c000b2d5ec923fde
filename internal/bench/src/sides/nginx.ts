import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench } from "../bench.ts";
import { startBare } from "./bare.ts";
import { freePort } from "./ports.ts";
import type { Server } from "./server.ts";
import { Side } from "./side.ts";

/** nginx in front of the bare app: both are one server, and end together. */
export async function startBehindNginx(bench: Bench): Promise<Server> {
  await using started = new AsyncDisposableStack();
  const app = started.use(await startBare(bench));
  await app.answered();
  const proxy = started.use(await startNginx(bench, app.port));
  const ending = started.move();
  return {
    roots: [...app.roots, ...proxy.roots],
    url: (path) => proxy.url(path),
    answered: (path) => proxy.answered(path),
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

/** Tuned as a proxy should be: connections to the app are kept, nothing is logged. */
async function startNginx(bench: Bench, upstreamPort: number): Promise<Side> {
  const directory = bench.directory();
  const port = await freePort();
  const file = join(directory, "nginx.conf");
  writeFileSync(file, nginxConfig(directory, port, upstreamPort));
  return new Side(port, ["nginx", "-c", file, "-e", "stderr"], { cwd: directory });
}

function nginxConfig(directory: string, port: number, upstreamPort: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
daemon off;
pid ${directory}/nginx.pid;
error_log stderr;
worker_processes auto;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${directory}/${name};`).join("\n  ")}
  upstream app { server 127.0.0.1:${upstreamPort}; keepalive 128; }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 1000000;
    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
    }
  }
}
`;
}
