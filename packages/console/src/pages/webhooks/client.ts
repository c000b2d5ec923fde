import { createClient, type Client } from "@connectrpc/connect";
import { WebhookService } from "@appenv/protocol/tasks";
import { transport } from "../../api/clients.ts";

/** The service of webhooks, whose messages are loaded with its pages. */
export const webhooks: Client<typeof WebhookService> = createClient(WebhookService, transport);
