import type { App } from "@appenv/client";
import { jsonAnswer, type Answer } from "../../http/answer.ts";
import { readJsonObject } from "../../http/body.ts";
import { ProblemError } from "../../http/problem.ts";
import type { Call } from "../../http/router.ts";
import type { WebhookApp } from "../endpoint.ts";
import { targetUrl } from "./target-url.ts";

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);
const limitMs = 30_000;
const mostBytes = 10 * 2 ** 20;

/** Sends a request to an app's own endpoint, with the caller's credentials, and returns the app's answer. */
export async function callApp(self: WebhookApp, app: App, { query, request }: Call): Promise<Answer> {
  const method = (query.get("method") ?? "GET").toUpperCase();
  if (!methods.has(method))
    throw new ProblemError(400, "INVALID_INPUT", `method must be one of ${[...methods].join(", ")}.`);
  const path = query.get("path");
  if (path === null) throw new ProblemError(400, "INVALID_INPUT", "The query parameter path is missing.");
  const { payload, query_params: params } = await readJsonObject(request);
  const url = targetUrl(app.endpoint, path, params);
  const hasBody = payload !== undefined && payload !== null && ["POST", "PUT", "PATCH"].includes(method);
  const response = await send(url, {
    method,
    headers: headersOf(self, request.headers),
    ...(hasBody ? { body: JSON.stringify(payload) } : {}),
  });
  const text = await readText(response);
  if (response.ok) return jsonAnswer(200, jsonOf(text));
  if (response.status < 400) throw failed("it sends elsewhere, which is not followed");
  const detail = `Target app returned error: ${text.slice(0, 1_000)}`;
  throw new ProblemError(response.status, "TARGET_FAILED", detail);
}

function headersOf({ name }: WebhookApp, sent: Call["request"]["headers"]): Record<string, string> {
  const { authorization, "x-api-key": apiKey } = sent;
  return {
    "Content-Type": "application/json",
    "User-Agent": `flyte-webhook/${name}`,
    ...(authorization === undefined ? {} : { authorization }),
    ...(typeof apiKey === "string" ? { "x-api-key": apiKey } : {}),
  };
}

async function send(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(limitMs) });
  } catch (error) {
    throw failed(error instanceof Error && error.name === "TimeoutError" ? "it took too long" : "it cannot be reached");
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.byteLength;
      if (length > mostBytes) throw failed(`its answer has more than ${mostBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof ProblemError ? error : failed("its answer was cut off");
  }
  return Buffer.concat(chunks).toString("utf8");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { response: text };
  }
}

function failed(why: string): ProblemError {
  return new ProblemError(502, "TARGET_FAILED", `The app did not answer: ${why}.`);
}
