import type { HostExtension } from "@appenv/core";
import { serveForTest, type Served } from "../serve-for-test.ts";
import type { AdapterUnderTest, FixtureOptions } from "./adapter-under-test.ts";
import { Fixture } from "./fixture.ts";

/** The only key that is accepted. */
export const apiKey = "key-of-the-suite";

/** Serves the suite's app, with something mounted beside it if it is given. */
export async function start(
  adapter: AdapterUnderTest,
  options: Partial<FixtureOptions> = {},
  extension?: HostExtension,
): Promise<Served & { readonly fixture: Fixture }> {
  const fixture = new Fixture();
  const environment = adapter.build(fixture, { name: "suite", requiresAuth: false, ...options });
  if (extension !== undefined) environment.mount(extension);
  return { ...(await serveForTest(environment, [apiKey])), fixture };
}

/** Sends JSON. */
export function json(body: unknown): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
