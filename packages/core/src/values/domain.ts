import { invalidOption } from "../errors/invalid-option.ts";
import { checkOptions, type OptionNames } from "../errors/known-options.ts";

/** The host name of an app on a cluster. The embedded platform serves on localhost and ignores it. */
export interface DomainOptions {
  /** The first label of the public host name. */
  readonly subdomain?: string;
  /** A whole host name of your own. */
  readonly customDomain?: string;
}

const names: OptionNames<DomainOptions> = { subdomain: true, customDomain: true };

const label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

/** Checked domain. Source: Flyte's `Domain`. */
export class Domain {
  /** The first label of the public host name. */
  readonly subdomain: string | undefined;
  /** A whole host name of your own. */
  readonly customDomain: string | undefined;

  /** @throws AppEnvError INVALID_OPTION for a name that cannot be a host name. */
  constructor(options: DomainOptions = {}) {
    checkOptions(options, "domain", names);
    if (options.subdomain !== undefined && !isText(options.subdomain, `^${label}$`)) {
      throw invalidOption("domain.subdomain", options.subdomain, "one label of a host name");
    }
    if (options.customDomain !== undefined && !isText(options.customDomain, `^${label}(\\.${label})+$`)) {
      throw invalidOption("domain.customDomain", options.customDomain, "a host name");
    }
    this.subdomain = options.subdomain;
    this.customDomain = options.customDomain;
    Object.freeze(this);
  }

  /** A domain from either form of the option. */
  static from(value: DomainOptions | Domain): Domain {
    if (value instanceof Domain) return value;
    if (typeof value !== "object" || value === null)
      throw invalidOption("domain", value, "an object such as { subdomain: ... }");
    return new Domain(value);
  }
}

function isText(value: unknown, pattern: string): boolean {
  return typeof value === "string" && new RegExp(pattern).test(value);
}
