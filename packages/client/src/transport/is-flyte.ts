import { requestAt } from "../control-plane/request-at.ts";

/** Calls that Flyte backends answer, of which each has at least one. */
const calls = {
  "flyteidl2.project.ProjectService/ListProjects": {},
  "flyteidl2.app.AppService/List": { org: "local" },
  "flyteidl2.auth.AuthMetadataService/GetPublicClientConfig": {},
};

const limits = { bytes: 2 ** 20, ms: 5_000 };

/** Tells whether a Flyte backend is at an endpoint: one of its services answers in Connect's protocol, also with a refusal. */
export async function isFlyte(endpoint: string): Promise<boolean> {
  const answers = await Promise.all(
    Object.entries(calls).map(([path, body]) => answersConnect(endpoint, path, JSON.stringify(body))),
  );
  return answers.includes(true);
}

async function answersConnect(endpoint: string, path: string, body: string): Promise<boolean> {
  try {
    const headers = { "content-type": "application/json", "connect-protocol-version": "1" };
    const response = await requestAt(endpoint, `/${path}`, { method: "POST", headers, body }, limits);
    if (!(response.headers.get("content-type") ?? "").startsWith("application/json")) return false;
    const answer: unknown = await response.json();
    return response.ok || (typeof answer === "object" && answer !== null && "code" in answer);
  } catch {
    return false;
  }
}
