import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Option, type Command } from "commander";
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
  readonly authType?: string;
  readonly registry?: string;
  readonly imageBuilder?: string;
}

const authTypes = ["Pkce", "DeviceFlow", "ClientSecret", "ExternalCommand", "Passthrough"];
const imageBuilders = ["local", "buildx", "docker", "podman", "buildah"];

/** `appenv create config`: writes the configuration file that every Flyte client reads. */
export function createConfigCommand(): Command {
  const command = createCommand("config", "write the configuration file that says where the control plane is")
    .requiredOption("--endpoint <url>", "the control plane, for example dns:///flyte.example.com")
    .option("--insecure", "speak without TLS")
    .option("-o, --output <file>", "the file to write", "./.flyte/config.yaml")
    .option("--force", "replace a file that is there already")
    .option("-p, --project <name>", "the project commands use when none is given")
    .option("-d, --domain <name>", "the domain commands use when none is given")
    .addOption(
      new Option("--auth-type <type>", "the way to get credentials (default: Pkce, a login by the browser)").choices(
        authTypes,
      ),
    )
    .option("--registry <name>", "the registry that images are pushed to, for example registry.example.com/team")
    .addOption(
      new Option("--image-builder <name>", "the program that builds images (default: any)").choices(imageBuilders),
    )
    .action(createConfig);
  return withOutput(command, [
    "appenv create config --endpoint dns:///flyte.example.com --project shop --domain production",
    "appenv create config --endpoint http://localhost:8090 --insecure --force",
    "appenv create config --endpoint dns:///flyte.example.com --auth-type DeviceFlow --registry registry.example.com/team",
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
function configText(options: Options): string {
  const { endpoint, insecure = false, authType, project, domain, registry: imageRegistry, imageBuilder } = options;
  return [
    section("admin", { endpoint, insecure, authType }),
    section("task", { project, domain }),
    section("image", { builder: imageBuilder, registry: imageRegistry }),
  ].join("");
}

function section(name: string, values: Readonly<Record<string, string | boolean | undefined>>): string {
  const lines = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [`  ${key}: ${JSON.stringify(value)}\n`],
  );
  return lines.length === 0 ? "" : `${name}:\n${lines.join("")}`;
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
