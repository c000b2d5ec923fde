import { fillTemplate, secretOf } from "@appenv/core/internal";
import type { OutgoingNotification } from "@appenv/engine";

/** The part of a secret store that templates need. */
export interface SecretValues {
  /** @throws AppEnvError SECRET_UNREADABLE. */
  find(place: { readonly project: string; readonly domain: string }, name: string): Buffer | undefined;
}

/** A secret that a template names and that is not there. */
export class MissingSecret extends Error {}

/** Fills in the templates of one notification, and remembers the secrets that it has used. */
export class TemplateValues {
  readonly #plain: ReadonlyMap<string, string>;
  readonly #notification: OutgoingNotification;
  readonly #secrets: SecretValues;
  /** Values of secrets, which no text for people may have. */
  readonly hidden: Set<string> = new Set();

  constructor(notification: OutgoingNotification, url: string, secrets: SecretValues) {
    const { run, phase, error } = notification;
    this.#notification = notification;
    this.#secrets = secrets;
    this.#plain = new Map([
      ["Run.Project", run.project],
      ["Run.Domain", run.domain],
      ["Run.Name", run.run],
      ["Run.Url", url],
      ["Phase", phase],
      ["Error", error],
    ]);
  }

  /**
   * Fills in a template. A secret stands as it is, everything else as `encode` writes it.
   *
   * @throws MissingSecret. @throws AppEnvError SECRET_UNREADABLE.
   */
  fill(template: string, encode: (value: string) => string = (value) => value): string {
    return fillTemplate(template, (variable) => {
      const secret = secretOf(variable);
      return secret === undefined ? encode(this.#plain.get(variable) ?? "") : this.#secret(secret);
    });
  }

  #secret(name: string): string {
    const { project, domain } = this.#notification.run;
    const value = this.#secrets.find({ project, domain }, name)?.toString("utf8").trim();
    if (value === undefined) throw new MissingSecret(`There is no secret '${name}' for ${project}/${domain}.`);
    this.hidden.add(value);
    return value;
  }
}
