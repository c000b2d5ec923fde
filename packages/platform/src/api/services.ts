import type { RequestListener } from "node:http";
import { join } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import type { AppController } from "../apps/contract.ts";
import type { Logs } from "../logs/logs.ts";
import { once } from "../process/once.ts";
import type { SecretStore } from "../secrets/secret-store.ts";
import { hashKey, type ApiKeyStore } from "../state/api-key-table.ts";
import type { ProjectStore } from "../state/project-table.ts";
import type { TaskRuntime } from "../tasks/task-runtime.ts";
import type { TokenIssuer } from "../secrets/tokens/token-issuer.ts";
import type { AppTokens } from "./access/app-tokens.ts";
import type { AccessRules } from "./access/check-access.ts";
import { ownerToken } from "./access/owner-token.ts";
import type { ApiServer } from "./rpc/api-server.ts";
import { createApi } from "./api.ts";
import type { Bundles } from "./uploads/bundles.ts";
import { createPages } from "./pages/page-handler.ts";
import { nothingHere, sendRpcError } from "./rpc/answer-error.ts";
import { toConnectError } from "./rpc/errors.ts";
import { createRpc } from "./rpc/app-services.ts";
import { StatusBoard } from "./app/status-board.ts";
import type { TasksApi } from "./tasks-api.ts";
import { UploadTickets } from "./uploads/upload-urls.ts";

/** What the API is made of. */
export interface ServicesOptions {
  readonly server: ApiServer;
  /** Access to the API: the address it is bound to, and whether this user's processes need a token. */
  readonly access: Pick<AccessRules, "host" | "behindProxy" | "requireToken">;
  /** Tells apps by their tokens. */
  readonly appTokens: AppTokens;
  /** The state directory. */
  readonly home: string;
  readonly controller: AppController;
  readonly logs: Logs;
  readonly apiKeys: ApiKeyStore;
  readonly bundles: Bundles;
  readonly projects: ProjectStore;
  readonly secrets: SecretStore;
  /** Signs tokens for programs of this machine. Default: they get none. */
  readonly tokens?: TokenIssuer;
  /** What runs tasks; opened when the first request needs it. */
  readonly tasks: () => Promise<TaskRuntime>;
}

/** Answers the API on a server that listens. The returned function ends the streams and closes the server. */
export function startServices(options: ServicesOptions): () => Promise<void> {
  const { server, home, controller, logs, apiKeys, bundles } = options;
  const token = ownerToken(home);
  const board = new StatusBoard(controller);
  const tickets = new UploadTickets();
  const shutdown = new AbortController();
  const accepted = (): ReadonlySet<string> => new Set([...apiKeys.hashes(), hashKey(token)]);
  let keyHashes = accepted();
  const onKeyChange = (): void => {
    keyHashes = accepted();
    controller.setKeyHashes(apiKeys.hashes());
  };
  const tasks = once(() => openTasksApi(options, shutdown.signal));
  const secrets = once(async () => {
    const { createSecretRpc } = await import("./rpc/secret-services.ts");
    return createSecretRpc(options.secrets, shutdown.signal);
  });
  const files = join(home, "files");
  const context = { controller, board, logs, apiKeys, onKeyChange, bundles, tickets, files };
  server.answerWith(
    createApi({
      home,
      access: { ...options.access, keyHashes: () => keyHashes, appOf: (text) => options.appTokens.read(text) },
      ownerToken: token,
      tokens: options.tokens,
      rpc: createRpc(context, otherServices(tasks.get, secrets.get), shutdown.signal),
      pages: createPages(board, logs),
      tasks: tasks.get,
      uploads: tickets,
    }),
  );
  return async () => {
    shutdown.abort(new ConnectError("The platform is closing.", Code.Unavailable));
    await server.close();
    await tasks.made?.then((api) => api.close()).catch(() => {});
    board.close();
  };
}

/** The messages and services of tasks are as many again as those of apps: they are loaded when somebody asks. */
async function openTasksApi(options: ServicesOptions, shutdownSignal: AbortSignal): Promise<TasksApi> {
  const { home, controller, bundles, projects } = options;
  const [runtime, { createTasksApi }] = await Promise.all([options.tasks(), import("./tasks-api.ts")]);
  return createTasksApi({ runtime, home, controller, bundles, projects, fallback: nothingHere, shutdownSignal });
}

/** Answers the calls of Flyte's services that are not about apps; each part is loaded when somebody asks. */
function otherServices(tasks: () => Promise<TasksApi>, secrets: () => Promise<RequestListener>): RequestListener {
  return (request, response) => {
    const { url = "" } = request;
    if (!/^\/(flyteidl2\.|appenv\.v1\.(Condition|RunStream|TaskDeployment)Service\/)/.test(url))
      return nothingHere(request, response);
    const listener = url.startsWith("/flyteidl2.secret.") ? secrets() : tasks().then(({ rpc }) => rpc);
    listener.then(
      (answer) => answer(request, response),
      (error: unknown) => sendRpcError(request, response, toConnectError(error)),
    );
  };
}
