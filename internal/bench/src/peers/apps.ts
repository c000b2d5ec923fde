import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { appsFolder } from "./folders.ts";

/**
 * Writes the benchmark's apps beside installed packages, as TypeScript and as the JavaScript in it: what is not
 * AppEnv gets JavaScript, so that reading types costs it nothing.
 */
export function writeApps(directory: string): void {
  const apps = join(directory, "apps");
  mkdirSync(apps, { recursive: true });
  for (const name of readdirSync(appsFolder)) {
    const source = readFileSync(join(appsFolder, name), "utf8");
    writeFileSync(join(apps, name), source);
    const script = stripTypeScriptTypes(source).replaceAll(/(from "\.\/[\w-]+)\.ts"/g, '$1.js"');
    writeFileSync(join(apps, name.replace(/\.ts$/, ".js")), script);
  }
}
