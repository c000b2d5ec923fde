/** Prefixes that well-known senders put before the secret itself. */
const prefixes = /^(whsec_|sk_(live|test)_|v\d+[=_])/i;

/** Texts that were never replaced by a secret. */
const placeholders: readonly RegExp[] = [
  // Nothing, as a program writes it.
  /^(undefined|null|none|nil|nan|n\/a|\[object object\]|todo|tbd|fixme|placeholder|dummy|redacted|example)$/i,
  /^(please[\s._-]?)?(change|replace)[\s._-]?(me|this|it|with)(?![a-z])/i,
  /^(your|insert|enter|put|paste|add)[\s._-].*(secret|key|token|password|here)|^your(secret|key|token)/i,
  /^(my[\s._-])?(webhook[\s._-]|signing[\s._-]|api[\s._-])?(secret|key|token)[\s._-](goes[\s._-])?here$/i,
  // A template that nobody filled in.
  /^(<.*>|\$\{.*\}|\{\{.*\}\}|\$[A-Z_][A-Z0-9_]*|%[A-Z_]+%)$/s,
  // A copy from a page that hides the secret.
  /\*{3}|•{2}|…|\.{3}/,
  /^(.)\1+$/s,
];

/** Reasons why a text is no secret. */
export type UnusableSecret = "blank" | "placeholder";

/**
 * The reason why a text cannot be a secret: it is blank, or a placeholder that was never replaced. Anybody could guess it, and
 * then sign with it. Undefined: it can be one, however weak.
 */
export function unusableSecret(text: string): UnusableSecret | undefined {
  const inner = text.trim().replace(prefixes, "");
  if (inner === "") return "blank";
  return placeholders.some((placeholder) => placeholder.test(inner)) ? "placeholder" : undefined;
}
