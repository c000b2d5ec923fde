import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

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
