import type { AppController } from "../contracts.ts";
import type { Logs } from "../logs/logs.ts";
import type { ApiKeyStore } from "../store/api-key-table.ts";
import type { ApiServer } from "./api-server.ts";
import { createApi } from "./api.ts";
import type { Bundles } from "./bundles.ts";
import { createPages } from "./pages/page-handler.ts";
import { createRpc } from "./rpc.ts";
import { StatusBoard } from "./status-board.ts";
import { UploadTickets } from "./upload-tickets.ts";

/** What the API is made of. */
export interface ServicesOptions {
  readonly server: ApiServer;
  /** The address the server is bound to. */
  readonly host: string;
  /** The state directory. */
  readonly home: string;
  readonly controller: AppController;
  readonly logs: Logs;
  readonly apiKeys: ApiKeyStore;
  readonly bundles: Bundles;
}

/** Answers the API on a server that listens. The returned function ends the streams and closes the server. */
export function startServices(options: ServicesOptions): () => Promise<void> {
  const { server, host, home, controller, logs, apiKeys, bundles } = options;
  const board = new StatusBoard(controller);
  const tickets = new UploadTickets();
  let keyHashes: ReadonlySet<string> = new Set(apiKeys.hashes());
  const onKeyChange = (): void => {
    keyHashes = new Set(apiKeys.hashes());
    controller.setKeyHashes([...keyHashes]);
  };
  const rpc = createRpc({ controller, board, logs, apiKeys, onKeyChange, bundles, tickets }, (_, response) => {
    response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("There is nothing here.\n");
  });
  server.answerWith(
    createApi({
      home,
      access: { host, keyHashes: () => keyHashes },
      rpc: rpc.listener,
      pages: createPages(board, logs),
      uploads: { tickets, directory: bundles.directory },
    }),
  );
  return async () => {
    rpc.close();
    await server.close();
    board.close();
  };
}
