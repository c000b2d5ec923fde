import { AppEnvError } from "@appenv/core";
import { callerCredentials } from "@appenv/core/internal";
import { errorCodeHeader } from "@appenv/protocol";
import {
  Code,
  ConnectError,
  type Interceptor,
  type StreamRequest,
  type StreamResponse,
  type UnaryRequest,
  type UnaryResponse,
} from "@connectrpc/connect";
import type { Message } from "@bufbuild/protobuf";
import type { TokenSource } from "./token-source.ts";

/**
 * Adds credentials to every call, and gets new ones once when they are refused. A stream whose token ends while it is open
 * fails as one that broke does: its reader opens it again, with the new token.
 */
export function authenticate(tokens: TokenSource): Interceptor {
  return (next) => async (request) => {
    let token = await tokens.get();
    setToken(request, tokens, token);
    if (request.stream && request.method.methodKind !== "server_streaming") return next(request);
    const send = request.stream ? await repeatable(request, next) : () => next(request);
    const renew = async (refusal: unknown): Promise<void> => {
      token = await renewed(tokens, token, refusal);
      setToken(request, tokens, token);
    };
    const response = await send().catch(async (error: unknown) => {
      await renew(error);
      return send();
    });
    if (!response.stream) return response;
    return { ...response, message: readAgain(response, renew, send as () => Promise<StreamResponse>) };
  };
}

function setToken(request: UnaryRequest | StreamRequest, { header }: TokenSource, token: string | undefined): void {
  if (token !== undefined) request.header.set(header, `Bearer ${token}`);
}

/** Another token; throws the refusal if it is none, or there is no other. */
async function renewed(tokens: TokenSource, refused: string | undefined, refusal: unknown): Promise<string> {
  const error = ConnectError.from(refusal);
  // The embedded platform says itself what to do.
  if (error.code !== Code.Unauthenticated || error.metadata.has(errorCodeHeader)) throw refusal;
  const token = await tokens.renew(refused);
  if (token === undefined) throw refusal;
  return token;
}

/** The request's only message can be read once, so it is kept. */
async function repeatable(
  request: StreamRequest,
  next: (request: StreamRequest) => Promise<UnaryResponse | StreamResponse>,
): Promise<() => Promise<UnaryResponse | StreamResponse>> {
  const messages: Message[] = [];
  for await (const message of request.message) messages.push(message);
  return () => next({ ...request, message: each(messages) });
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** A server refuses a stream in its first message or, when the token ends, in a later one. */
async function* readAgain(
  first: StreamResponse,
  renew: (refusal: unknown) => Promise<void>,
  send: () => Promise<StreamResponse>,
): AsyncGenerator<Message> {
  let hasBegun = false;
  try {
    for await (const message of first.message) {
      hasBegun = true;
      yield message;
    }
    return;
  } catch (error) {
    await renew(error);
    if (hasBegun) throw new ConnectError("The token has ended.", Code.Unavailable, undefined, undefined, error);
  }
  yield* (await send()).message;
}

/**
 * Sends the caller's credentials in place of the process's own while a request with `auth.passThrough` is answered: a
 * caller without credentials must not act with the app's.
 *
 * @param own - Interceptors that add the process's own credentials.
 * @param sends - True if callers' credentials may be sent to this control plane.
 */
export function forCaller(own: readonly Interceptor[], sends: boolean): Interceptor {
  return (next) => {
    const withOwn = own.reduceRight((later, interceptor) => interceptor(later), next);
    return (request) => {
      const caller = callerCredentials();
      if (caller === undefined) return withOwn(request);
      if (sends && caller.authorization !== undefined) request.header.set("authorization", caller.authorization);
      return next(request);
    };
  };
}

/** Explains that calls have no credentials of their own where `admin.authType` is Passthrough. */
export function explainPassthrough(): Interceptor {
  return (next) => async (request) => {
    try {
      return await next(request);
    } catch (error) {
      if (ConnectError.from(error).code !== Code.Unauthenticated) throw error;
      throw new AppEnvError(
        "UNAUTHENTICATED",
        "The control plane wants credentials, and admin.authType is Passthrough.",
        {
          fix: "Call it while a request is answered in an app with `auth: { passThrough: true }`, whose caller has credentials; or set another authType.",
          cause: error,
        },
      );
    }
  };
}
