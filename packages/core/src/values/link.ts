import { invalidOption } from "../errors/invalid-option.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** A link the console shows beside the app. */
export interface Link {
  /** A path below the app's endpoint if `isRelative`, else a whole URL. */
  readonly path: string;
  /** The text of the link. */
  readonly title: string;
  /** Default false. */
  readonly isRelative?: boolean;
}

const names: OptionNames<Link> = { path: true, title: true, isRelative: true };

/** Checks links and fills in the default. @throws AppEnvError INVALID_OPTION. */
export function readLinks(value: readonly Link[] = []): readonly Required<Link>[] {
  if (!Array.isArray(value)) throw invalidOption("links", value, "a list");
  return Object.freeze(value.map((link, index) => readLink(link, index)));
}

function readLink(link: Link, index: number): Required<Link> {
  checkOptions(link, `links[${index}]`, names);
  const { path, title, isRelative = false } = link ?? {};
  if (typeof title !== "string" || title === "") throw invalidOption(`links[${index}].title`, title, "a text");
  const fits = typeof path === "string" && (isRelative ? path.startsWith("/") : URL.canParse(path));
  if (!fits) {
    throw invalidOption(
      `links[${index}].path`,
      path,
      isRelative ? 'a path that starts with "/"' : "a URL, or a path with isRelative: true",
    );
  }
  return Object.freeze({ path, title, isRelative });
}
