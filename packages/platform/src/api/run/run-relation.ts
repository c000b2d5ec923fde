import { RelationType, type RunSpec } from "@appenv/protocol/tasks";

/** The run another one is made from. */
export interface Relation {
  readonly run: string;
  /** Whether the successful actions of it are kept. */
  readonly recover: boolean;
}

/** `RunSpec.relation`: which run a new one is made from, if it says so. */
export function readRelation(spec: RunSpec | undefined): Relation | undefined {
  const { relatedTo, relationType } = spec?.relation ?? {};
  const isMade = relationType === RelationType.RERUN || relationType === RelationType.RECOVER;
  if (relatedTo === undefined || relatedTo.name === "" || !isMade) return undefined;
  return { run: relatedTo.name, recover: relationType === RelationType.RECOVER };
}
