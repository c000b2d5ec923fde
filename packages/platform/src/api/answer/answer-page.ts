import { createHash } from "node:crypto";
import type { ActionRecord } from "@appenv/engine";

type Condition = NonNullable<ActionRecord["condition"]>;

const style = `
  :root { color-scheme: light dark; }
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 10vh auto; padding: 0 1rem; }
  h1 { font-size: 1.25rem; } pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
  .buttons { display: flex; gap: .75rem; margin-top: 1.5rem; }
  button, input { font: inherit; padding: .5rem 1rem; } input { width: 100%; box-sizing: border-box; }
  .quiet { opacity: .75; font-size: .875rem; } .bad { font-weight: bold; }
`;

/** Nothing but the page's own style and its form: no scripts, in nobody's frame, and the link tells nobody where it led. */
export const answerHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; ` +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/** The page that asks a condition's question. @param problem - With the answer that was given. */
export function questionPage({ name, prompt, description, type }: Condition, run: string, problem = ""): string {
  return page(
    name,
    `<h1>${escaped(name)}</h1><pre>${escaped(prompt)}</pre>
    ${description === undefined ? "" : `<p>${escaped(description)}</p>`}
    ${problem === "" ? "" : `<p class="bad" role="alert">${escaped(problem)}</p>`}
    <form method="post" autocomplete="off">${fields[type]}</form>
    <p class="quiet">Asked by the run ${escaped(run)}. Your answer counts once, and cannot be taken back.</p>`,
  );
}

/** A page with a sentence. */
export function notePage(title: string, text: string): string {
  return page(title, `<h1>${escaped(title)}</h1><p>${escaped(text)}</p>`);
}

const send = '<p class="buttons"><button>Send</button></p>';
const fields: Readonly<Record<Condition["type"], string>> = {
  boolean:
    '<p class="buttons"><button name="value" value="true">Yes</button><button name="value" value="false">No</button></p>',
  integer: `<label>A whole number <input name="value" inputmode="numeric" pattern="[+\\-]?[0-9]+" required></label>${send}`,
  float: `<label>A number <input name="value" inputmode="decimal" required></label>${send}`,
  string: `<label>Your answer <input name="value" required></label>${send}`,
};

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <meta name="robots" content="noindex"><title>${escaped(title)}</title><style>${style}</style><main>${body}</main></html>\n`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
