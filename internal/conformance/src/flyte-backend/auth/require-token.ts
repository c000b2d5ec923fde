import { Code, ConnectError, type Interceptor, type ServiceImpl, type StreamResponse } from "@connectrpc/connect";
import type { AuthMetadataService } from "@appenv/protocol";
import type { IdentityService } from "@appenv/protocol/tasks";
import { publicClientId, type AuthorizationServer } from "./authorization-server.ts";

/** The wish for tokens of a backend. */
export interface BackendAuth {
  readonly server: AuthorizationServer;
  /** The header that tokens come in. Default `authorization`. */
  readonly header?: string;
  /** Scopes of the public client. Default `openid offline_access all`. */
  readonly scopes?: readonly string[];
}

/** Tells clients where tokens come from, as Flyte with an external authorization server does. */
export function authMetadataOf(auth: BackendAuth): Partial<ServiceImpl<typeof AuthMetadataService>> {
  const { issuer, options } = auth.server;
  return {
    getPublicClientConfig: () => ({
      clientId: publicClientId,
      redirectUri: options.redirectUri,
      scopes: [...(auth.scopes ?? ["openid", "offline_access", "all"])],
      authorizationMetadataKey: headerOf(auth),
    }),
    getOAuth2Metadata: () => ({
      issuer,
      authorizationEndpoint: `${issuer}/auth`,
      tokenEndpoint: `${issuer}/token`,
      deviceAuthorizationEndpoint: `${issuer}/device/auth`,
    }),
  };
}

/** Tells whose token a call has. */
export function identityOf(auth: BackendAuth): ServiceImpl<typeof IdentityService> {
  return {
    userInfo: async (_, { requestHeader }) => {
      const subject = (await auth.server.subjectOf(tokenIn(auth, requestHeader))) ?? "";
      return { subject, name: subject === "" ? "" : `Name of ${subject}` };
    },
  };
}

/** Refuses calls without a valid token, and ends streams whose token ends, as a gateway before Flyte may. */
export function requireToken(auth: BackendAuth): Interceptor {
  return (next) => async (request) => {
    if (request.service.typeName === "flyteidl2.auth.AuthMetadataService") return next(request);
    const token = tokenIn(auth, request.header);
    if ((await auth.server.subjectOf(token)) === undefined) throw refusal();
    const response = await next(request);
    if (!response.stream) return response;
    return { ...response, message: until(response.message, auth.server.ended(token)) };
  };
}

async function* until(messages: StreamResponse["message"], ended: Promise<void>): StreamResponse["message"] {
  const iterator = messages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), ended]);
      if (next === undefined) throw refusal();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // It waits for an event; the end of the call ends it.
    void iterator.return?.();
  }
}

function tokenIn(auth: BackendAuth, headers: Headers): string {
  return headers.get(headerOf(auth))?.replace(/^Bearer /, "") ?? "";
}

function headerOf({ header = "authorization" }: BackendAuth): string {
  return header;
}

function refusal(): ConnectError {
  return new ConnectError("token is missing or has expired", Code.Unauthenticated);
}
