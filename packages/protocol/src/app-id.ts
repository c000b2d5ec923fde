import { create } from "@bufbuild/protobuf";
import { IdentifierSchema, type Identifier } from "@appenv-internal/flyteidl2";
import type { AppId } from "./app-definition.ts";

/** Flyte's message for an app's identity. The organisation stays empty: only Union's servers read it. */
export function toIdentifier(id: AppId): Identifier {
  return create(IdentifierSchema, { project: id.project, domain: id.domain, name: id.name });
}

/** An app's identity from Flyte's message; an unset one gives empty texts. */
export function fromIdentifier(identifier: Identifier | undefined): AppId {
  return {
    project: identifier?.project ?? "",
    domain: identifier?.domain ?? "",
    name: identifier?.name ?? "",
  };
}

/** True if both are the same app. */
export function sameApp(one: AppId, other: AppId): boolean {
  return one.project === other.project && one.domain === other.domain && one.name === other.name;
}
