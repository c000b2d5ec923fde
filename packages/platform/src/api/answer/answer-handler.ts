import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { toBinary } from "@bufbuild/protobuf";
import { AppEnvError } from "@appenv/core";
import { answerFromJson, answerFromText, answerType, LiteralSchema, toLiteral } from "@appenv/protocol/tasks";
import type { ActionRecord, TaskEngine } from "@appenv/engine";
import { admittedAs, subjectOf } from "../access/principal.ts";
import { fieldsOf, readForm } from "./answer-form.ts";
import type { ConditionLinks } from "./condition-links.ts";
import { formReply, jsonReply, type Reply } from "./replies.ts";

/** The longest answer, in bytes. */
const mostBytes = 64 * 1024;

type Engine = Pick<TaskEngine, "getAction" | "signal">;
type Condition = NonNullable<ActionRecord["condition"]>;

/**
 * Answers a request for the page of a link: it asks the question, and takes the answer of a form, or as JSON. To look at it
 * answers nothing.
 */
export async function handleAnswer(
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
  { links, engine }: { readonly links: ConditionLinks; readonly engine: Engine },
): Promise<void> {
  const isJson = /^application\/json\b/i.test(request.headers["content-type"] ?? "");
  const reply = isJson ? jsonReply(response) : formReply(response);
  const link = links.read(token);
  if (link === undefined) return reply.note(404, "No such question", "This link is not one of this platform.");
  const action = engine.getAction(link.id);
  const { condition } = action ?? {};
  if (action === undefined || condition === undefined) {
    return reply.note(404, "No such question", "Its run is not here any more.");
  }
  if (action.phase !== "PAUSED") return over(reply, action);
  if (link.expiresAt.getTime() <= Date.now()) return reply.note(410, "Too late", "The time of this link is over.");
  const question = { condition, run: link.id.run };
  if (request.method !== "POST") return reply.ask(200, question);
  if (Number(request.headers["content-length"] ?? mostBytes + 1) > mostBytes) {
    response.setHeader("connection", "close");
    return reply.ask(413, question, { problem: "The answer is too long." });
  }
  const body = await text(request);
  const given = isJson ? undefined : new URLSearchParams(body);
  try {
    const answer = given === undefined ? readJson(condition, body) : readGiven(condition, given);
    await engine.signal(link.id, toBinary(LiteralSchema, toLiteral(answerType(condition), answer)), byOf(request));
    reply.note(200, "Thank you", "The answer was taken, and the run goes on.");
  } catch (error) {
    if (AppEnvError.is(error, "CONDITION_NOT_WAITING")) return over(reply, action);
    if (!AppEnvError.is(error, "INVALID_INPUT")) throw error;
    reply.ask(422, question, { problem: error.message, given });
  }
}

/** @throws AppEnvError INVALID_INPUT. */
function readGiven(condition: Condition, given: URLSearchParams): unknown {
  const { schema } = condition;
  if (schema === undefined) return answerFromText(condition, given.get("value") ?? "");
  return answerFromJson(condition, readForm(fieldsOf(schema.jsonSchema), given));
}

function readJson(condition: Condition, body: string): unknown {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    throw new AppEnvError("INVALID_INPUT", `it is no JSON: ${(error as Error).message}.`, { cause: error });
  }
  return answerFromJson(condition, json);
}

function over(reply: Reply, { phase }: ActionRecord): void {
  const reason =
    phase === "SUCCEEDED" || phase === "PAUSED" ? "It was answered already." : "Its run does not wait for it any more.";
  reply.note(410, "Too late", reason);
}

/** By the link; with the name of the one who is signed in, if somebody is. */
function byOf(request: IncomingMessage): string {
  const principal = admittedAs(request)?.principal;
  return principal === undefined || principal.kind === "app" || principal.by === undefined
    ? "link"
    : `link, ${subjectOf(principal)}`;
}
