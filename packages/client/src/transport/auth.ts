import { AppEnvError } from "@appenv/core";
import { callerCredentials } from "@appenv/core/internal";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import type { ClientConfig } from "../config/config.ts";
import type { TokenSource } from "./token-source.ts";

/** Adds credentials to every call, and gets new ones once when they are refused. */
export function authenticate(tokens: TokenSource): Interceptor {
  return (next) => async (request) => {
    const token = await tokens.get();
    if (token !== undefined) request.header.set(tokens.header, `Bearer ${token}`);
    try {
      return await next(request);
    } catch (error) {
      if (ConnectError.from(error).code !== Code.Unauthenticated || token === undefined) throw error;
      request.header.set(tokens.header, `Bearer ${await tokens.renew()}`);
      return next(request);
    }
  };
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

/** Explains what to do where the server wants a person to log in, which this client does not support. */
export function explainLogin(authType: NonNullable<ClientConfig["authType"]>): Interceptor {
  return (next) => async (request) => {
    try {
      return await next(request);
    } catch (error) {
      if (ConnectError.from(error).code !== Code.Unauthenticated) throw error;
      throw new AppEnvError(
        "UNSUPPORTED",
        `The control plane wants a login, and admin.authType ${authType} is not supported.`,
        {
          fix: "Set FLYTE_API_KEY, or admin.authType to ClientSecret or ExternalCommand.",
          cause: error,
        },
      );
    }
  };
}
