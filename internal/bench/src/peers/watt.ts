import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeApps } from "./apps.ts";
import { fastifyDependencies, peersFolder } from "./folders.ts";
import { install } from "./install.ts";

/** The newest version whose parts are all published: of parts in two versions, Watt would load both. */
export const wattVersion = "3.65.0";

/** Installs Watt and writes the app it starts. Resolves with the app's directory. */
export async function installWatt(say: (text: string) => void): Promise<string> {
  const directory = join(peersFolder, "watt");
  say("Installing Watt ...");
  const dependencies = { ...fastifyDependencies(), wattpm: wattVersion, "@platformatic/node": wattVersion };
  await install(directory, { dependencies });
  writeApps(directory);
  return writeWattApp(join(directory, "hello"));
}

/** A folder with one service, as `wattpm create` lays it out. */
function writeWattApp(app: string): string {
  mkdirSync(app, { recursive: true });
  writeJson(join(app, "package.json"), { name: "hello", private: true, type: "module", main: "../apps/watt.js" });
  writeJson(join(app, "watt.json"), {
    $schema: `https://schemas.platformatic.dev/@platformatic/node/${wattVersion}.json`,
    runtime: { server: { hostname: "127.0.0.1", port: "{PORT}" } },
  });
  return app;
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, undefined, 2));
}
