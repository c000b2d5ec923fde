import { serve, TaskEnvironment } from "@appenv/core";
import { FastifyAppEnvironment } from "@appenv/fastify";
import { github, webhook } from "@appenv/webhooks";
import { z } from "zod";

export const tasks = new TaskEnvironment({ name: "github-tasks", description: "What happens after a push" });

export const build = tasks.task(
  {
    name: "build",
    description: "Builds a commit.",
    input: z.object({ repository: z.string(), commit: z.string() }),
    output: z.string(),
  },
  ({ repository, commit }) => `${repository}@${commit.slice(0, 7)} is built`,
);

export const env = new FastifyAppEnvironment({
  name: "github-webhook",
  description: "Builds every push to the main branch",
  dependsOn: [tasks],
  secrets: { key: "github-webhook-secret", asEnvVar: "GITHUB_WEBHOOK_SECRET" },
});

/** As much of GitHub's events as is needed here. Events of other types, such as its `ping`, are acknowledged and ignored. */
const payload = {
  push: z.object({ ref: z.string(), after: z.string(), repository: z.object({ full_name: z.string() }) }),
};

env.mount(
  webhook(
    github({ secret: "GITHUB_WEBHOOK_SECRET" }),
    async (event) => {
      const { ref, after: commit, repository } = event.payload;
      if (ref !== "refs/heads/main") return { ignored: ref };
      return event.run(build, { repository: repository.full_name, commit });
    },
    { payload },
  ),
);

if (import.meta.main) {
  const { endpoint } = await serve(env);
  console.log(`${endpoint}/webhooks/github`);
}
