import { robot } from "./robot.ts";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider, type StoredToken } from "oidc-provider";

/** The public client of the backend, which people log in with. */
export const publicClientId = "flytectl";

/** Options of the server. */
export interface AuthorizationServerOptions {
  /** The redirect URI of the public client. */
  readonly redirectUri: string;
  /** Life of access tokens in seconds. Default 3600. */
  readonly accessTokenSeconds?: number;
}

/** A real OpenID provider on the loopback interface, for a backend that wants tokens. */
export class AuthorizationServer {
  /** Requests to the token endpoint so far, by grant, as `refresh_token`. */
  readonly grants: string[] = [];
  /** Answers to the next requests for tokens, in place of the provider's. */
  readonly answers: { readonly status: number; readonly body: object }[] = [];
  readonly options: AuthorizationServerOptions;
  readonly #provider: Provider;
  readonly #ended: Map<string, PromiseWithResolvers<void>> = new Map();
  readonly issuer: string;
  readonly #server: Server;

  private constructor(server: Server, options: AuthorizationServerOptions) {
    this.options = options;
    this.#server = server;
    this.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#provider = quietly(() => new Provider(this.issuer, configuration(options)));
    this.#provider.on("grant.success", ({ oidc }) => this.grants.push(oidc.params.grant_type));
    const handle = this.#provider.callback();
    server.on("request", (request, response) => this.#handle(request, response, handle));
  }

  static async start(options: AuthorizationServerOptions): Promise<AuthorizationServer> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new AuthorizationServer(server, options);
  }

  /** The person or the client that a token is for; undefined if it is none, or has ended. */
  async subjectOf(token: string): Promise<string | undefined> {
    const found = await this.#find(token);
    return found === undefined || found.isExpired ? undefined : (found.accountId ?? found.clientId);
  }

  /** Ends a token before its time, also for streams that are open. */
  async end(token: string): Promise<void> {
    await (await this.#find(token))?.destroy();
    this.#endOf(token).resolve();
  }

  /** Ends a refresh token. */
  async endRefresh(token: string): Promise<void> {
    await (await this.#provider.RefreshToken.find(token))?.destroy();
  }

  /** Resolves when a token was ended. */
  ended(token: string): Promise<void> {
    return this.#endOf(token).promise;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #find(token: string): Promise<StoredToken | undefined> {
    const { AccessToken, ClientCredentials } = this.#provider;
    return (await AccessToken.find(token)) ?? (await ClientCredentials.find(token));
  }

  #endOf(token: string): PromiseWithResolvers<void> {
    const end = this.#ended.get(token) ?? Promise.withResolvers<void>();
    this.#ended.set(token, end);
    return end;
  }

  #handle(request: IncomingMessage, response: ServerResponse, handle: RequestListener): void {
    const answer = request.url === "/token" ? this.answers.shift() : undefined;
    if (answer === undefined) return handle(request, response);
    response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
  }
}

const artifacts = ["Grant", "IdToken", "Interaction", "RefreshToken", "Session"];

/** Pages that are no more than their forms. */
const deviceFlow = {
  enabled: true,
  userCodeInputSource: (ctx: { body: string }, form: string) => void (ctx.body = form),
  userCodeConfirmSource: (ctx: { body: string }, form: string) => void (ctx.body = form),
  successSource: (ctx: { body: string }) => void (ctx.body = "The code was entered."),
};

function configuration({ redirectUri, accessTokenSeconds = 3600 }: AuthorizationServerOptions): object {
  const device = "urn:ietf:params:oauth:grant-type:device_code";
  return {
    clients: [
      {
        client_id: publicClientId,
        token_endpoint_auth_method: "none",
        application_type: "native",
        grant_types: ["authorization_code", "refresh_token", device],
        response_types: ["code"],
        redirect_uris: [redirectUri],
      },
      {
        client_id: robot.id,
        client_secret: robot.secret,
        grant_types: ["client_credentials"],
        response_types: [],
        redirect_uris: [],
      },
    ],
    scopes: ["openid", "offline_access", "all"],
    features: { deviceFlow, clientCredentials: { enabled: true } },
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    pkce: { required: () => true },
    ttl: {
      ...Object.fromEntries(artifacts.map((name) => [name, 3600])),
      DeviceCode: 60,
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
    },
    cookies: { keys: ["only for tests"] },
    // A refresh token that is used twice ends the whole login, as the best practice of OAuth is.
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
  };
}

/** The provider says at length that its forms and keys are for trying out, which is what they are used for. */
function quietly<T>(make: () => T): T {
  const before = { ...console };
  Object.assign(console, { warn: () => {}, info: () => {} });
  try {
    return make();
  } finally {
    Object.assign(console, before);
  }
}
