import type { ServiceImpl } from "@connectrpc/connect";
import { AppEnvError } from "@appenv/core";
import { WebhookService } from "@appenv/protocol/tasks";
import { pageTokens } from "@appenv-internal/state/page-token";
import type { AppController } from "../../apps/contract.ts";
import type { Inbox, WholeDelivery } from "../../inbox/inbox.ts";
import type { Replays } from "../../inbox/replays.ts";
import type { Routes } from "../rpc/listener.ts";
import { deliveryMessage } from "./messages.ts";
import { watchDeliveries } from "./watch.ts";

const largestPage = 500;
const defaultPage = 100;

/** Dependencies of the service of webhooks. */
export interface WebhookContext {
  readonly inbox: Inbox;
  readonly replays: Replays;
  readonly controller: Pick<AppController, "get">;
}

/** The service of webhooks. */
export function webhookServices(context: WebhookContext): Routes {
  return (router) => void router.service(WebhookService, webhookService(context));
}

/** AppEnv's own WebhookService: see `webhook.proto`. */
function webhookService({ inbox, replays, controller }: WebhookContext): ServiceImpl<typeof WebhookService> {
  return {
    listDeliveries: ({ limit, token, project, domain, app, source, failed }) => {
      const filter = { project, domain, app, source, failed };
      const tokens = pageTokens("deliveries", filter);
      const [before = Number.MAX_SAFE_INTEGER] = tokens.read(token) ?? [];
      const size = Math.min(limit || defaultPage, largestPage);
      const found = inbox.list(filter, size + 1, Number(before));
      const page = found.slice(0, size);
      const last = found.length > size ? page.at(-1) : undefined;
      return { deliveries: page.map(deliveryMessage), token: last === undefined ? "" : tokens.write([last.number]) };
    },
    watchDeliveries: (filter, { signal }) => watchDeliveries(inbox, filter, signal),
    getDelivery: ({ id }) => {
      const delivery = find(inbox, id);
      const headers = delivery.headers.map(([name, value]) => ({ name, value }));
      return { delivery: deliveryMessage(delivery), headers, body: new Uint8Array(delivery.body ?? []) };
    },
    replayDelivery: ({ id }) => {
      const delivery = find(inbox, id);
      return replays.send(delivery, controller.get(delivery.app)?.endpoint ?? "");
    },
  };
}

function find(inbox: Inbox, id: string): WholeDelivery {
  const found = inbox.get(id);
  if (found !== undefined) return found;
  throw new AppEnvError("NOT_FOUND", `There is no delivery '${id.slice(0, 60)}', or it is not kept any more.`, {
    fix: "`appenv get delivery` lists those that are kept.",
  });
}
