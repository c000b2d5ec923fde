// Writes as many log lines of 36 bytes as it is asked for: `/talk/NAME/LINES`.
import { once } from "node:events";
import { createServer } from "node:http";
import { AppEnvironment } from "@appenv/core";

export const env = new AppEnvironment({
  name: "talk",
  port: Number(process.env["BENCH_PORT"] ?? 8080),
  requiresAuth: false,
  scaling: { replicas: 1 },
});

env.server(() =>
  createServer((request, response) => {
    const [, , name = "", lines = ""] = request.url?.split("/") ?? [];
    talk(name, Number(lines)).then(
      () => response.end("said"),
      () => response.writeHead(500).end(),
    );
  }),
);

const together = 200;

async function talk(name: string, lines: number): Promise<void> {
  for (let written = 0; written < lines; written += together) {
    const texts = Array.from({ length: together }, (_, index) => `line ${written + index} of ${lines}`.padEnd(35));
    if (!process.stdout.write(`${texts.join("\n")}\n`)) await once(process.stdout, "drain");
  }
  process.stdout.write(`the end of ${name}\n`);
}
