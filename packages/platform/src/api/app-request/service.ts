import type { ServiceImpl } from "@connectrpc/connect";
import type { AppRequestService } from "@appenv/protocol";
import { principalKey } from "../access/principal.ts";
import { throwIfClosing } from "../rpc/errors.ts";
import { readDocument } from "./documents.ts";
import { OpenSockets } from "./open-sockets.ts";
import { sendRequest } from "./send-request.ts";
import { targetOf, type TargetContext } from "./target.ts";

/** AppEnv's own AppRequestService. The rules of access let admins call it, and nobody else. */
export function appRequestService(context: TargetContext): ServiceImpl<typeof AppRequestService> {
  const sockets = new OpenSockets();
  return {
    getDocuments: async ({ app }, { values, signal }) => {
      const target = targetOf(app, values.get(principalKey), context);
      const read = (path: string): Promise<string> => readDocument(target, path, signal);
      const [openapi, asyncapi] = await Promise.all([read("/openapi.json"), read("/asyncapi.json")]);
      return { openapi, asyncapi };
    },
    sendRequest: async function* send(request, { values, signal }) {
      yield* sendRequest(targetOf(request.app, values.get(principalKey), context), request, signal);
    },
    openSocket: async function* open(request, { values, signal }) {
      const opener = values.get(principalKey);
      yield* sockets.open(targetOf(request.app, opener, context), request, opener, signal);
      throwIfClosing(signal);
    },
    sendToSocket: async (request, { values }) => {
      await sockets.send(request, values.get(principalKey));
      return {};
    },
    closeSocket: ({ socket }, { values }) => {
      sockets.close(socket, values.get(principalKey));
      return {};
    },
  };
}
