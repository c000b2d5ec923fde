import { channel } from "node:diagnostics_channel";
import { AppEnvError } from "@appenv/core";
import { personChannel, terminalText } from "@appenv/core/internal";
import type { Transport } from "@connectrpc/connect";
import type { ClientConfig } from "../config/config.ts";
import { loginWithBrowser, type OpenBrowser } from "./browser-flow.ts";
import { canAsk } from "./can-ask.ts";
import { loginWithDevice, type LoginTalk } from "./device-flow.ts";
import { discoverLogin } from "./login-server.ts";
import { loginEndpoint, loginFile, writeLogin, type StoredLogin } from "./login-store.ts";

/** Ways in which a login asks, replaced in tests. */
export interface LoginOptions extends Partial<LoginTalk> {
  readonly open?: OpenBrowser;
  /** True if a person watches. Default: stdin and stderr are a terminal. */
  readonly interactive?: boolean;
}

/**
 * Has a person log in to a control plane, by the browser or, with `admin.authType` DeviceFlow, with a code; and stores the
 * tokens.
 *
 * @param transport - Calls the control plane without credentials.
 * @throws AppEnvError UNAUTHENTICATED if nobody logs in, or nobody watches to do so; UNSUPPORTED, PORT_IN_USE, UNREACHABLE.
 */
export async function login(
  endpoint: string,
  config: ClientConfig,
  transport: Transport,
  options: LoginOptions = {},
): Promise<StoredLogin> {
  const { say = sayToPerson, signal, open, interactive = canAsk() } = options;
  const talk = { say, ...(signal === undefined ? {} : { signal }) };
  const byDevice = config.authType === "DeviceFlow";
  if (!byDevice && !interactive) throw noTerminal(endpoint);
  const server = await discoverLogin(transport, config);
  const tokens = await (byDevice
    ? loginWithDevice(server, config, talk)
    : loginWithBrowser(server, config, talk, open));
  const { clientId, issuer, tokenEndpoint, header } = server;
  const stored = { endpoint: loginEndpoint(endpoint), clientId, issuer, tokenEndpoint, header, ...tokens };
  await writeLogin(loginFile(endpoint, config), stored);
  return stored;
}

/** Others may be writing to the terminal: what has moving lines there subscribes to the channel. */
function sayToPerson(line: string): void {
  const person = channel(personChannel);
  if (person.hasSubscribers) person.publish(line);
  else process.stderr.write(`${terminalText(line, process.stderr)}\n`);
}

function noTerminal(endpoint: string): AppEnvError {
  return new AppEnvError("UNAUTHENTICATED", "A login by the browser needs a terminal, and this process has none.", {
    fix: `Run \`appenv login --endpoint ${endpoint} --auth-type DeviceFlow\`, which shows a code to enter on any machine; a program that nobody watches gets FLYTE_API_KEY, or admin.authType ClientSecret or ExternalCommand.`,
  });
}
