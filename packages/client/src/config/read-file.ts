import { readFile } from "node:fs/promises";
import { AppEnvError } from "@appenv/core";
import type { ConfigEntries } from "./settings.ts";

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
