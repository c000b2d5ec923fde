import { AppEnvError, type ResolvedParameters, type ResolvedValue } from "@appenv/core";
import { type GivenParameter } from "@appenv/core/internal";
import { appEndpoint } from "./app-endpoint.ts";
import { prepareMount } from "./mount.ts";
import { place } from "./place.ts";

/**
 * Makes the values of parameters available: files and directories where they are wanted, endpoints looked up.
 *
 * @param app - For messages.
 * @param knownEndpoint - Where an app answers that this process itself knows of.
 * @throws AppEnvError PARAMETER_FAILED naming the parameter; a mount that cannot be written is found before anything
 * is fetched.
 */
export async function materialise(
  app: string | undefined,
  parameters: readonly GivenParameter[],
  knownEndpoint: (app: string) => string | undefined = () => undefined,
): Promise<ResolvedParameters> {
  const resolve = async ({ type, value, ...rest }: GivenParameter): Promise<ResolvedValue> => {
    if (type === "string") return value;
    if (type === "app_endpoint") return knownEndpoint(value) ?? appEndpoint(value, rest.public ?? false);
    return place({ type, value, ...rest });
  };
  for (const given of parameters) {
    if (isMounted(given)) await prepareMount(given).catch(failed(app, given));
  }
  const resolved: Record<string, ResolvedValue> = {};
  for (const given of parameters) resolved[given.name] = await resolve(given).catch(failed(app, given));
  return Object.freeze(resolved);
}

function isMounted({ type, mount, download }: GivenParameter): boolean {
  return download && mount !== undefined && (type === "file" || type === "directory");
}

function failed(app: string | undefined, { name }: GivenParameter): (error: unknown) => never {
  return (error) => {
    const where = app === undefined ? "" : ` of '${app}'`;
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppEnvError("PARAMETER_FAILED", `The parameter '${name}'${where} ${reason}.`, {
      cause: error,
      ...(AppEnvError.is(error) ? { fix: error.fix } : {}),
    });
  };
}
