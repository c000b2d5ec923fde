import type { Command } from "commander";

/** Makes one command. */
type CommandFactory = () => Command;

/** Every command by the words that call it, in the order the help shows them; each is imported only when needed. */
export const commandTable: readonly (readonly [path: string, load: () => Promise<CommandFactory>])[] = [
  ["serve", async () => (await import("./serve.ts")).serveCommand],
  ["deploy", async () => (await import("./deploy.ts")).deployCommand],
  ["up", async () => (await import("./up.ts")).upCommand],
  ["get app", async () => (await import("./get-app.ts")).getAppCommand],
  ["get api-key", async () => (await import("./get-api-key.ts")).getApiKeyCommand],
  ["logs app", async () => (await import("./logs-app.ts")).logsAppCommand],
  ["activate", async () => (await import("./activate.ts")).activateCommand],
  ["deactivate", async () => (await import("./deactivate.ts")).deactivateCommand],
  ["delete app", async () => (await import("./delete-app.ts")).deleteAppCommand],
  ["delete api-key", async () => (await import("./delete-api-key.ts")).deleteApiKeyCommand],
  ["create api-key", async () => (await import("./create-api-key.ts")).createApiKeyCommand],
  ["create config", async () => (await import("./create-config.ts")).createConfigCommand],
  ["doctor", async () => (await import("./doctor.ts")).doctorCommand],
];
