import { createHash } from "node:crypto";
import type { ActionRecord } from "@appenv/engine";
import type { AnswerField } from "./answer-form.ts";
import { escaped } from "./escaped.ts";
import { formHtml, yesOrNo, type FilledIn } from "./form-html.ts";

type Condition = NonNullable<ActionRecord["condition"]>;

const style = `
  :root { color-scheme: light dark; }
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 10vh auto; padding: 0 1rem; }
  h1 { font-size: 1.25rem; } pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
  .buttons { display: flex; gap: .75rem; margin-top: 1.5rem; }
  button, input, select, textarea { font: inherit; padding: .5rem 1rem; }
  input, select, textarea { width: 100%; box-sizing: border-box; }
  form > label, fieldset { display: block; margin: 1rem 0; } fieldset { padding: .25rem 1rem .5rem; }
  .choice { display: inline-block; padding: .5rem 1.5rem .5rem 0; } .choice input { width: auto; }
  [aria-invalid] { outline: 2px solid #c33; }
  .quiet { opacity: .75; font-size: .875rem; } .bad { font-weight: bold; overflow-wrap: anywhere; }
`;

/** Nothing but the page's own style and its form: no scripts, in nobody's frame, and the link tells nobody where it led. */
export const answerHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; ` +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  // With `no-referrer` browsers would post the form with `Origin: null`, which is refused as that of another page.
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
};

/** The page that asks a condition's question. @param filledIn - The answer that was given, and its mistake. */
export function questionPage(
  { name, prompt, description, type }: Condition,
  run: string,
  fields: readonly AnswerField[] | undefined,
  filledIn: FilledIn = { given: undefined, problem: "" },
): string {
  const { problem } = filledIn;
  const form = fields === undefined ? (plainFields[type] ?? "") : formHtml(fields, filledIn);
  return page(
    name,
    `<h1>${escaped(name)}</h1><pre>${escaped(prompt)}</pre>
    ${description === undefined ? "" : `<p>${escaped(description)}</p>`}
    ${problem === "" ? "" : `<p class="bad" role="alert">${escaped(problem)}</p>`}
    <form method="post" autocomplete="off">${form}</form>
    <p class="quiet">Asked by the run ${escaped(run)}. Your answer counts once, and cannot be taken back.</p>`,
  );
}

/** A page with a sentence. */
export function notePage(title: string, text: string): string {
  return page(title, `<h1>${escaped(title)}</h1><p>${escaped(text)}</p>`);
}

const send = '<p class="buttons"><button>Send</button></p>';
/** By the types of conditions without a schema. */
const plainFields: Readonly<Partial<Record<Condition["type"], string>>> = {
  boolean: yesOrNo("value"),
  integer: `<label>A whole number <input name="value" inputmode="numeric" pattern="[+\\-]?[0-9]+" required></label>${send}`,
  float: `<label>A number <input name="value" inputmode="decimal" required></label>${send}`,
  string: `<label>Your answer <input name="value" required></label>${send}`,
};

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex"><title>${escaped(title)}</title><style>${style}</style><main>${body}</main></html>\n`;
}
