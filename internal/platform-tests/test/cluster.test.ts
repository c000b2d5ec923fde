import { startFlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { platformTests } from "../src/platform-tests.ts";

platformTests({
  name: "a Flyte cluster",
  // What Flyte's open-source backend ignores, as it was seen.
  abilities: {
    keepsSignals: false,
    listsByLabels: false,
    namesKeyedRuns: false,
    overwritesCache: false,
    recovers: false,
  },
  start: () => startFlyteBackend(),
});
