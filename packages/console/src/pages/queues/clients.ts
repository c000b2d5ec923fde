import { createClient, type Client } from "@connectrpc/connect";
import { QueueService } from "@appenv/protocol/tasks";
import { transport } from "../../api/clients.ts";

/** The service of queues, whose messages are loaded with these pages. */
export const queues: Client<typeof QueueService> = createClient(QueueService, transport);
