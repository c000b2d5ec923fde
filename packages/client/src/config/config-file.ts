import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { AppEnvError } from "@appenv/core";
import type { ConfigEntries } from "./settings.ts";

/** The first configuration file of Flyte's search order. Source: flyte-sdk `config/_reader.py`. */
export async function findConfigFile(env: NodeJS.ProcessEnv, cwd: string, home: string): Promise<string | undefined> {
  const plain = join(cwd, "config.yaml");
  if (await isFlyteConfig(plain)) return plain;
  const root = gitRoot(cwd);
  const places = [
    join(cwd, ".flyte", "config.yaml"),
    root === undefined ? undefined : join(root, ".flyte", "config.yaml"),
    env["UCTL_CONFIG"],
    env["FLYTECTL_CONFIG"],
    join(home, ".union", "config.yaml"),
    join(home, ".flyte", "config.yaml"),
  ];
  return places.find((file) => file !== undefined && file !== "" && existsSync(file));
}

/** Many tools have a `config.yaml`: it counts only with one of Flyte's own sections. */
async function isFlyteConfig(file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  return /^["']?(admin|task|console)["']?\s*:/m.test(await readFile(file, "utf8"));
}

function gitRoot(from: string): string | undefined {
  if (existsSync(join(from, ".git"))) return from;
  const parent = dirname(from);
  return parent === from ? undefined : gitRoot(parent);
}

/** Reads a configuration file as `section.key` entries. @throws AppEnvError INVALID_CONFIG. */
export async function readConfigFile(file: string): Promise<ConfigEntries> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw AppEnvError.from(error, "INVALID_CONFIG", `The configuration file ${file} cannot be read`);
  });
  const { parse } = await import("yaml");
  return flatten(file, parseText(file, text, parse));
}

function parseText(file: string, text: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text) ?? {};
  } catch (error) {
    throw AppEnvError.from(error, "INVALID_CONFIG", `The configuration file ${file} is not valid YAML`);
  }
}

function flatten(file: string, content: unknown): ConfigEntries {
  if (!isRecord(content)) {
    throw new AppEnvError("INVALID_CONFIG", `The configuration file ${file} must hold sections such as 'admin:'.`);
  }
  const entries: Record<string, unknown> = {};
  for (const [section, values] of Object.entries(content)) {
    if (!isRecord(values)) continue;
    for (const [key, value] of Object.entries(values)) entries[`${section}.${key}`] = value;
  }
  return entries;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
