import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { toBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import { LiteralSchema, toLiteral, valueFromText } from "@appenv/protocol/tasks";
import type { ActionRecord, TaskEngine } from "@appenv/engine";
import { admittedAs, subjectOf } from "../access/principal.ts";
import { answerHeaders, notePage, questionPage } from "./answer-page.ts";
import type { ConditionLinks } from "./condition-links.ts";

/** The longest answer, in bytes. */
const mostBytes = 64 * 1024;

type Engine = Pick<TaskEngine, "getAction" | "signal">;

/** Answers a request for the page of a link: it asks the question, and takes the answer of a form. To look at it answers nothing. */
export async function handleAnswer(
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
  { links, engine }: { readonly links: ConditionLinks; readonly engine: Engine },
): Promise<void> {
  const link = links.read(token);
  if (link === undefined)
    return send(response, 404, notePage("No such question", "This link is not one of this platform."));
  const action = engine.getAction(link.id);
  const { condition } = action ?? {};
  if (action === undefined || condition === undefined) {
    return send(response, 404, notePage("No such question", "Its run is not here any more."));
  }
  if (action.phase !== "PAUSED") return send(response, 410, over(action));
  if (link.expiresAt.getTime() <= Date.now()) {
    return send(response, 410, notePage("Too late", "The time of this link is over."));
  }
  if (request.method !== "POST") return send(response, 200, questionPage(condition, link.id.run));
  if (Number(request.headers["content-length"] ?? mostBytes + 1) > mostBytes) {
    response.setHeader("connection", "close");
    return send(response, 413, questionPage(condition, link.id.run, "The answer is too long."));
  }
  const given = new URLSearchParams(await text(request)).get("value") ?? "";
  try {
    const type = { kind: condition.type } as const;
    await engine.signal(link.id, toBinary(LiteralSchema, toLiteral(type, valueFromText(type, given))), byOf(request));
    send(response, 200, notePage("Thank you", "The answer was taken, and the run goes on."));
  } catch (error) {
    if (AppEnvError.is(error, "CONDITION_NOT_WAITING")) return send(response, 410, over(action));
    if (!AppEnvError.is(error, "INVALID_INPUT")) throw error;
    send(response, 422, questionPage(condition, link.id.run, error.message));
  }
}

function over({ phase }: ActionRecord): string {
  const reason =
    phase === "SUCCEEDED" || phase === "PAUSED" ? "It was answered already." : "Its run does not wait for it any more.";
  return notePage("Too late", reason);
}

/** By the link; with the name of the one who is signed in, if somebody is. */
function byOf(request: IncomingMessage): string {
  const principal = admittedAs(request)?.principal;
  return principal === undefined || principal.kind === "app" || principal.by === undefined
    ? "link"
    : `link, ${subjectOf(principal)}`;
}

function send(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, answerHeaders).end(html);
}
