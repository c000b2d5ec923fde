import { jsonAnswer } from "../../http/answer.ts";
import { objectOf, text } from "../../http/described.ts";
import { ProblemError } from "../../http/problem.ts";
import type { Endpoint } from "../endpoint.ts";

/** The endpoint about the app itself. `health` is here for its place in the lists; checks of the environment belong to its answer. */
export const coreEndpoints: readonly Endpoint[] = [
  {
    id: "me",
    method: "GET",
    path: "/me",
    summary: "The user as whom this app acts on the control plane",
    answer: objectOf({ subject: text, name: text }),
    async handle() {
      try {
        return jsonAnswer(200, await userInfo());
      } catch {
        throw new ProblemError(401, "UNAUTHENTICATED", "Invalid credentials or unauthorized.");
      }
    },
  },
];

async function userInfo(): Promise<{ subject: string; name: string }> {
  const [{ connect }, { IdentityService }, { createClient }] = await Promise.all([
    import("@appenv/client/internal"),
    import("@appenv/protocol/tasks"),
    import("@connectrpc/connect"),
  ]);
  const { transport } = await connect();
  const { subject, name } = await createClient(IdentityService, transport).userInfo({});
  return { subject, name };
}
