import { setTimeout as sleep } from "node:timers/promises";
import type { AppAddress, ClientInternals } from "../control/client-internals.ts";
import { importTool } from "../control/import-tool.ts";
import { AppEnvError } from "../errors/appenv-error.ts";
import { findEndpoint } from "./endpoint.ts";
import { appNameOf } from "./known-apps.ts";
import { pauseMs } from "./retry.ts";
import { servedHere, type ServedHere } from "./served-here.ts";
import { tokenSource } from "./token-source.ts";

/** The parts of a call that its address depends on. */
export interface Wanted {
  readonly environment: { readonly name: string };
  /** Tries again whatever the method is if nobody got it. */
  readonly resendable: boolean;
  /** Deadline of the answer, on the clock of `performance.now()`. */
  readonly endsAt: number;
}

/** The endpoint of an app, and the authorization for it. */
export interface Address {
  /** Undefined if this process reaches it without one. */
  readonly endpoint: string | undefined;
  readonly token: () => Promise<string | undefined>;
}

/** The addresses that the control plane gave last, for calls while it is being started again. */
const located = new Map<string, Address>();

/** The address from what this process knows, else from the control plane. @throws AppEnvError UNREACHABLE, NO_ENDPOINT. */
export async function addressOf(call: Wanted): Promise<Address> {
  const { environment } = call;
  const endpoint = findEndpoint(environment);
  const served = servedHere(environment);
  if (endpoint === undefined && served?.fetch === undefined)
    return locate(call).catch((error) => knownFor(call, error));
  return { endpoint, token: () => credential(environment, served?.token) };
}

/** The address from before, at which the call is made again until the control plane is back. */
function knownFor({ environment, resendable }: Wanted, error: unknown): Address {
  const known = resendable && AppEnvError.is(error, "UNREACHABLE") ? located.get(environment.name) : undefined;
  if (known === undefined) throw error;
  return known;
}

/** The authorization for an app: a token of the platform, the one remembered with the app, or the configured key. */
async function credential(
  { name }: { readonly name: string },
  given: ServedHere["token"],
): Promise<string | undefined> {
  const token = (await tokenSource()?.(appNameOf(name))) ?? (await given?.());
  return token ?? process.env["APPENV_API_KEY"];
}

/** Maximum wait for a control plane that is being started again, in milliseconds. */
const restartMs = 10_000;

/** The address after a refused connection: the app may have moved, or its platform is being started again, as both. */
export async function addressAfter(call: Wanted, before: Address, signal: AbortSignal): Promise<Address> {
  const giveUpAt = Math.min(performance.now() + restartMs, call.endsAt);
  for (;;) {
    try {
      return await locate(call);
    } catch (error) {
      if (!AppEnvError.is(error, "UNREACHABLE") || performance.now() >= giveUpAt) return before;
    }
    await sleep(pauseMs(2), undefined, { signal });
  }
}

/** Asks the control plane for the address. @throws AppEnvError UNREACHABLE, NO_ENDPOINT. */
export async function locate({ environment }: Pick<Wanted, "environment">): Promise<Address> {
  const client = await importTool<ClientInternals>("@appenv/client/internal");
  const { endpoint, token }: AppAddress = await client.locate(appNameOf(environment.name));
  if (endpoint !== "") {
    const address = { endpoint: endpoint.replace(/\/$/, ""), token: () => credential(environment, token) };
    located.set(environment.name, address);
    return address;
  }
  throw new AppEnvError("NO_ENDPOINT", `The control plane does not say where '${environment.name}' answers.`, {
    fix: "Wait until it is active: `appenv get app NAME` shows how it stands.",
  });
}
