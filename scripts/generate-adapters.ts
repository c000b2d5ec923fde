// Writes docs/adapters.md from what each adapter declares in its test/abilities.ts, which the conformance suite proves;
// with --check, fails if the file says something else.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { abilityTexts, type Abilities } from "../internal/conformance/src/adapter/abilities.ts";
import { writeGenerated } from "./lib/generated-file.ts";
import { workspacePackages, type WorkspacePackage } from "./lib/workspace.ts";

const adapters = await Promise.all(workspacePackages().map(read));
const declared = adapters.filter((adapter) => adapter !== undefined);

const head = ["", ...declared.map(({ item }) => `[\`${item.name}\`](../packages/${item.folder}/README.md)`)];
const rows = Object.entries(abilityTexts).map(([key, text]) => [
  text,
  ...declared.map(({ abilities }) => (abilities[key as keyof Abilities] ? "yes" : "no")),
]);

const page = `<!-- Made by scripts/generate-adapters.ts from packages/*/test/abilities.ts. -->

# Adapters

One adapter per framework, the same app environment behind each. What every adapter has, proved for each of them by the
same suite (\`internal/conformance\`): health, authentication, limits and timeouts, streaming, requests that end with their
client, drain, and \`env.mount(...)\` for what is put beside the framework on the same server, WebSockets included.

In what else they can do they differ:

${[head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")}
`;

writeGenerated("docs/adapters.md", page, "npm run docs");

async function read(item: WorkspacePackage): Promise<{ item: WorkspacePackage; abilities: Abilities } | undefined> {
  const file = join(item.path, "test/abilities.ts");
  if (item.group !== "packages" || !existsSync(file)) return undefined;
  const { abilities } = (await import(pathToFileURL(file).href)) as { readonly abilities: Abilities };
  return { item, abilities };
}
