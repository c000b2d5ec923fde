import { createClient, type Client } from "@connectrpc/connect";
import { ApiKeyService } from "@appenv/protocol";
import { SecretService } from "@appenv/protocol/secrets";
import { GraphService, ProjectService } from "@appenv/protocol/tasks";
import { transport } from "../../api/clients.ts";

/** The services of this page, whose messages are loaded with it. */
export const apiKeys: Client<typeof ApiKeyService> = createClient(ApiKeyService, transport);
export const secrets: Client<typeof SecretService> = createClient(SecretService, transport);
export const projects: Client<typeof ProjectService> = createClient(ProjectService, transport);
export const graph: Client<typeof GraphService> = createClient(GraphService, transport);
