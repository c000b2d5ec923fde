import type { ServerResponse } from "node:http";
import type { ActionRecord } from "@appenv/engine";
import { problem, problemType } from "@appenv-internal/http/problem";
import { sampleOf } from "@appenv/protocol/values";
import { fieldsOf } from "./answer-form.ts";
import { answerHeaders, notePage, questionPage } from "./answer-page.ts";

/** A condition that is asked, and its run. */
export interface Question {
  readonly condition: NonNullable<ActionRecord["condition"]>;
  readonly run: string;
}

/** The reply to a request to a link. */
export interface Reply {
  /** Tells how it went, or why it did not. */
  readonly note: (status: number, title: string, text: string) => void;
  /** Asks the question, again if there is a mistake in the answer that was given. */
  readonly ask: (
    status: number,
    question: Question,
    mistake?: { readonly problem: string; readonly given?: URLSearchParams | undefined },
  ) => void;
}

/** Replies with pages for people. */
export function formReply(response: ServerResponse): Reply {
  const send = (status: number, html: string): void => void response.writeHead(status, answerHeaders).end(html);
  return {
    note: (status, title, text) => send(status, notePage(title, text)),
    ask: (status, { condition, run }, mistake) => {
      const fields = condition.schema && fieldsOf(condition.schema.jsonSchema);
      send(status, questionPage(condition, run, fields, { given: mistake?.given, problem: mistake?.problem ?? "" }));
    },
  };
}

/** Replies with JSON for programs; a refusal is a problem of RFC 9457. */
export function jsonReply(response: ServerResponse): Reply {
  const send = (status: number, type: string, body: unknown): void =>
    void response.writeHead(status, { ...answerHeaders, "content-type": type }).end(JSON.stringify(body));
  const refuse = (status: number, detail: string): void =>
    send(status, problemType, problem(status, codes[status] ?? "UNEXPECTED", detail));
  return {
    note: (status, _, text) =>
      status < 400 ? send(status, "application/json", { detail: text }) : refuse(status, text),
    ask: (status, { condition, run }, mistake) => {
      if (mistake !== undefined) return refuse(status, mistake.problem);
      const { name, prompt, schema } = condition;
      const shape = schema && { schema: schema.jsonSchema, example: sampleOf(schema.jsonSchema) };
      send(status, "application/json", { run, name, prompt, ...shape });
    },
  };
}

const codes: Readonly<Record<number, string>> = {
  404: "NOT_FOUND",
  410: "CONDITION_NOT_WAITING",
  413: "PAYLOAD_TOO_LARGE",
  422: "INVALID_INPUT",
};
