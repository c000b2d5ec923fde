import type { IncomingMessage, ServerResponse } from "node:http";
import type { TokenIssuer } from "../../secrets/tokens/token-issuer.ts";
import type { AppPrincipal, Principal } from "./principal.ts";

/** The path at which programs of this machine get a token for calling an app. */
export const tokenPath = "/appenv/token";

const mostBytes = 4_096;

/** Answers `{ "project", "domain", "app" }` with `{ "token", "expiresAt" }`. The caller's credential was checked before. */
export async function handleToken(
  request: IncomingMessage,
  response: ServerResponse,
  issuer: TokenIssuer | undefined,
  principal: Principal,
): Promise<void> {
  const asked = await readAsked(request).catch(() => undefined);
  if (response.destroyed) return;
  if (issuer === undefined || asked === undefined) {
    response.writeHead(400, { "content-type": "text/plain; charset=utf-8" });
    return void response.end("Send JSON with the texts project, domain and app.\n");
  }
  if (principal.kind === "app" && !isOfPlace(asked, principal)) {
    response.writeHead(403, { "content-type": "text/plain; charset=utf-8" });
    return void response.end("An app gets tokens for the apps of its own project and domain.\n");
  }
  const subject = principal.kind === "app" ? principal.subject : "user:local";
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(issuer.issue(subject, { ...asked, name: asked.app })));
}

function isOfPlace({ project, domain }: { project: string; domain: string }, principal: AppPrincipal): boolean {
  return project === principal.project && domain === principal.domain;
}

async function readAsked(request: IncomingMessage): Promise<{ project: string; domain: string; app: string }> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > mostBytes) throw new TypeError("too long");
  }
  const { project, domain, app } = JSON.parse(text) as Record<string, unknown>;
  if (typeof project !== "string" || typeof domain !== "string" || typeof app !== "string")
    throw new TypeError("no app");
  return { project, domain, app };
}
