import type { Command } from "commander";

/** Makes one command; the program's arguments may decide what its help shows. */
type CommandFactory = (args: readonly string[]) => Command | Promise<Command>;

/** Every command by the words that call it, in the order the help shows them; each is imported only when needed. */
export const commandTable: readonly (readonly [path: string, load: () => Promise<CommandFactory>])[] = [
  ["serve", async () => (await import("./serve.ts")).serveCommand],
  ["run", async () => (await import("./run.ts")).runCommand],
  ["run deployed-task", async () => (await import("./run-deployed-task.ts")).runDeployedTaskCommand],
  ["deploy", async () => (await import("./deploy.ts")).deployCommand],
  ["up", async () => (await import("./up.ts")).upCommand],
  ["get app", async () => (await import("./get-app.ts")).getAppCommand],
  ["get revision", async () => (await import("./get-revision.ts")).getRevisionCommand],
  ["get run", async () => (await import("./get-run.ts")).getRunCommand],
  ["get action", async () => (await import("./get-action.ts")).getActionCommand],
  ["get io", async () => (await import("./get-io.ts")).getIoCommand],
  ["get task", async () => (await import("./get-task.ts")).getTaskCommand],
  ["get trigger", async () => (await import("./get-trigger.ts")).getTriggerCommand],
  ["get secret", async () => (await import("./get-secret.ts")).getSecretCommand],
  ["get api-key", async () => (await import("./get-api-key.ts")).getApiKeyCommand],
  ["logs app", async () => (await import("./logs-app.ts")).logsAppCommand],
  ["logs run", async () => (await import("./logs-run.ts")).logsRunCommand],
  ["traffic", async () => (await import("./traffic.ts")).trafficCommand],
  ["rollback", async () => (await import("./rollback.ts")).rollbackCommand],
  ["rerun", async () => (await import("./rerun.ts")).rerunCommand],
  ["signal", async () => (await import("./signal.ts")).signalCommand],
  ["abort run", async () => (await import("./abort-run.ts")).abortRunCommand],
  ["abort action", async () => (await import("./abort-action.ts")).abortActionCommand],
  ["activate", async () => (await import("./activate.ts")).activateCommand],
  ["activate trigger", async () => (await import("./activate-trigger.ts")).activateTriggerCommand],
  ["deactivate", async () => (await import("./activate.ts")).deactivateCommand],
  ["deactivate trigger", async () => (await import("./activate-trigger.ts")).deactivateTriggerCommand],
  ["delete app", async () => (await import("./delete-app.ts")).deleteAppCommand],
  ["delete trigger", async () => (await import("./delete-trigger.ts")).deleteTriggerCommand],
  ["delete secret", async () => (await import("./delete-secret.ts")).deleteSecretCommand],
  ["delete api-key", async () => (await import("./delete-api-key.ts")).deleteApiKeyCommand],
  ["create secret", async () => (await import("./create-secret.ts")).createSecretCommand],
  ["create api-key", async () => (await import("./create-api-key.ts")).createApiKeyCommand],
  ["create config", async () => (await import("./create-config.ts")).createConfigCommand],
  ["doctor", async () => (await import("./doctor.ts")).doctorCommand],
];
