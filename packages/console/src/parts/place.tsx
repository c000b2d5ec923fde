import type { JSX } from "preact";
import type { Name } from "../route/names.ts";
import { Text } from "./text.tsx";

type Place = Pick<Name, "project" | "domain">;

/** True if things are in more than one project or domain. */
export function areApart(places: Iterable<Place | undefined>): boolean {
  return new Set([...places].map((place) => `${place?.project}/${place?.domain}`)).size > 1;
}

/** The project and the domain of something in a list, which says nothing where all have the same. */
export function PlaceOf({
  of,
  isShown,
}: {
  readonly of: Place | undefined;
  readonly isShown: boolean;
}): JSX.Element | null {
  if (!isShown) return null;
  return (
    <span class="quiet">
      <Text of={`${of?.project ?? ""}/${of?.domain ?? ""}`} />
    </span>
  );
}
