import type { MessageInitShape } from "@bufbuild/protobuf";
import type { AppDefinition, DefinitionChangeSchema } from "@appenv/protocol";

/**
 * The differences of each definition from the one after it, which is older: fields, names of env vars, the code by its hash.
 * Values of env vars are left out: people keep passwords in them.
 */
export async function revisionChanges(
  definitions: readonly AppDefinition[],
): Promise<readonly (readonly MessageInitShape<typeof DefinitionChangeSchema>[])[]> {
  // Plans compare in the same way. Whoever asks for no revisions does not load it.
  const { changesBetween, comparable } = await import("@appenv/client/internal");
  return definitions.map((definition, index) => {
    const before = definitions[index + 1];
    if (before === undefined) return [];
    return changesBetween(comparable(before), comparable(definition))
      .filter(({ path }) => path !== "desiredState")
      .map(({ path, before: old, after: now }) => ({
        path,
        ...(old === undefined ? {} : { before: shown(path, old) }),
        ...(now === undefined ? {} : { after: shown(path, now) }),
      }));
  });
}

function shown(path: string, value: string): string {
  return path === "envVars" || path.startsWith("envVars.") ? "(hidden)" : value;
}
