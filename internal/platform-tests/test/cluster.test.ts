import { startFlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { platformTests } from "../src/platform-tests.ts";

const place = { project: "flytesnacks", domain: "development" } as const;

platformTests({
  name: "a Flyte cluster",
  // Flyte's open-source backend ignores the others, as it was seen.
  abilities: {
    firesOnDemand: true,
    hasEvents: false,
    hasLinks: false,
    keepsSignals: false,
    listsByLabels: false,
    namesKeyedRuns: false,
    overwritesCache: false,
    recovers: false,
    schedules: false,
    showsSleeps: false,
    hasStreams: false,
    tellsFirings: false,
  },
  start: async () => {
    const backend = await startFlyteBackend();
    return {
      endpoint: backend.endpoint,
      close: () => backend.close(),
      fire: (taskName, name, at) => backend.fire({ ...place, taskName, name }, at).run.name,
    };
  },
});
