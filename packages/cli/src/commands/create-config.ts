import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { AppEnvError } from "@appenv/core";
import { createCommand, withOutput, type OutputOptions } from "../options/common.ts";
import { createOutput } from "../output/output.ts";

interface Options extends OutputOptions {
  readonly endpoint: string;
  readonly insecure?: boolean;
  readonly output: string;
  readonly force?: boolean;
  readonly project?: string;
  readonly domain?: string;
}

/** `appenv create config`: writes the configuration file that every Flyte client reads. */
export function createConfigCommand(): Command {
  const command = createCommand("config", "write the configuration file that says where the control plane is")
    .requiredOption("--endpoint <url>", "the control plane, for example dns:///flyte.example.com")
    .option("--insecure", "speak without TLS")
    .option("-o, --output <file>", "the file to write", "./.flyte/config.yaml")
    .option("--force", "replace a file that is there already")
    .option("-p, --project <name>", "the project commands use when none is given")
    .option("-d, --domain <name>", "the domain commands use when none is given")
    .action(createConfig);
  return withOutput(command, [
    "appenv create config --endpoint dns:///flyte.example.com --project shop --domain production",
    "appenv create config --endpoint http://localhost:8090 --insecure --force",
  ]);
}

async function createConfig(options: Options): Promise<void> {
  checkEndpoint(options.endpoint);
  const file = resolve(options.output);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, configText(options), { flag: options.force === true ? "w" : "wx" });
  } catch (error) {
    throw writeError(error as NodeJS.ErrnoException, file);
  }
  createOutput(options).result({ file }, `Wrote ${file}.`);
}

function checkEndpoint(endpoint: string): void {
  const host = endpoint.replace(/^(dns:\/\/\/|https?:\/\/)/, "");
  if (/^[^\s/:]+(:\d+)?\/?$/.test(host)) return;
  throw new AppEnvError(
    "INVALID_ARGUMENT",
    `The endpoint ${JSON.stringify(endpoint)} is not an address of a control plane.`,
    {
      fix: "Give a host with an optional port, such as dns:///flyte.example.com or http://localhost:8090.",
    },
  );
}

/** JSON strings are valid YAML, whatever they contain. */
function configText({ endpoint, insecure = false, project, domain }: Options): string {
  const lines = ["admin:", `  endpoint: ${JSON.stringify(endpoint)}`, `  insecure: ${insecure}`];
  if (project !== undefined || domain !== undefined) lines.push("task:");
  if (project !== undefined) lines.push(`  project: ${JSON.stringify(project)}`);
  if (domain !== undefined) lines.push(`  domain: ${JSON.stringify(domain)}`);
  return `${lines.join("\n")}\n`;
}

function writeError(cause: NodeJS.ErrnoException, file: string): AppEnvError {
  if (cause.code !== "EEXIST") {
    return new AppEnvError("INVALID_ARGUMENT", `${file} cannot be written: ${cause.message}.`, {
      cause,
      fix: "Choose a file you may write with `--output`.",
    });
  }
  return new AppEnvError("INVALID_ARGUMENT", `${file} is there already.`, {
    fix: "Choose another file with `--output`, or replace this one with `--force`.",
  });
}
