import { createConnectTransport } from "@connectrpc/connect-node";
import { AppEnvError } from "@appenv/core";
import { nameOrganization } from "@appenv/protocol";
import type { ModuleExports } from "@appenv/runtime";
import { errorDocument } from "../bootstrap/error-document.ts";
import { writtenMessage } from "../bootstrap/run-task.ts";
import { openStorage } from "../storage/open-storage.ts";
import { StorageError } from "../storage/storage.ts";
import { Checkpoints } from "./checkpoints.ts";
import { ActionGateway } from "./gateway.ts";
import { runAttempt } from "./run-attempt.ts";
import { readTaskArguments } from "./task-arguments.ts";

/**
 * Runs the attempt that this container was started for, and ends the process. What goes wrong before the code runs is written
 * as `error.pb` too.
 *
 * @param load - Imports the code that exports the environment.
 */
export async function startTask(load: () => Promise<ModuleExports>, words: readonly string[]): Promise<void> {
  const args = readTaskArguments(words, process.env);
  const storage = openStorage(process.env);
  const transport = createConnectTransport({
    baseUrl: endpointOf(process.env),
    httpVersion: "1.1",
    // A backend may accept and never answer. Streams end by it too, and are opened again.
    defaultTimeoutMs: 120_000,
    interceptors: [nameOrganization(process.env["_U_ORG_NAME"])],
  });
  const checkpoints = new Checkpoints(storage, args.checkpoints, args.previousCheckpoints);
  const gateway = new ActionGateway({ args, transport, storage, checkpoints });
  try {
    await runAttempt({ args, storage, checkpoints, gateway, load });
  } catch (error) {
    const isOurs = AppEnvError.is(error);
    const failure = {
      code: isOurs ? error.code : "START_FAILED",
      message: error instanceof Error ? error.message : String(error),
      recoverable: !isOurs || error instanceof StorageError,
      origin: "SYSTEM",
    } as const;
    process.stderr.write(`[${failure.code}] ${failure.message}\n`);
    await storage.put(`${args.outputs}/error.pb`, errorDocument(failure));
    process.send?.(writtenMessage);
  } finally {
    gateway.close();
  }
  // User code may have left timers or sockets.
  process.exit(0);
}

/** The backend's address, given without a scheme. */
function endpointOf(env: Readonly<Record<string, string | undefined>>): string {
  const endpoint = env["_U_EP_OVERRIDE"] ?? "";
  if (endpoint === "")
    throw new AppEnvError("START_FAILED", "A task's container was started without the env var _U_EP_OVERRIDE.");
  if (/^https?:\/\//.test(endpoint)) return endpoint;
  return `${env["_U_INSECURE"] === "true" ? "http" : "https"}://${endpoint.replace(/^dns:\/\/\//, "")}`;
}
