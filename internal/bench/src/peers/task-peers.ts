import { join } from "node:path";
import { writeApps } from "./apps.ts";
import { peersFolder } from "./folders.ts";
import { install } from "./install.ts";

export const bullMqVersion = "6.7.0";
export const dbosVersion = "5.3.0";

/** Installs BullMQ with the client of Redis it is documented with. Resolves with the project's directory. */
export async function installBullMq(say: (text: string) => void): Promise<string> {
  say("Installing BullMQ ...");
  return installPeer("bullmq", { bullmq: bullMqVersion, ioredis: "6.0.0" });
}

/** Installs DBOS. Resolves with the project's directory. */
export async function installDbos(say: (text: string) => void): Promise<string> {
  say("Installing DBOS ...");
  return installPeer("dbos", { "@dbos-inc/dbos-sdk": dbosVersion });
}

async function installPeer(name: string, dependencies: Readonly<Record<string, string>>): Promise<string> {
  const directory = join(peersFolder, name);
  await install(directory, { dependencies });
  writeApps(directory);
  return directory;
}
