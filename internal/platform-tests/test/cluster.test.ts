import { startFlyteBackend } from "@appenv-internal/conformance/flyte-backend/backend";
import { platformTests } from "../src/platform-tests.ts";

platformTests({
  name: "a Flyte cluster",
  // Flyte's open-source backend ignores all of these, as it was seen.
  abilities: {
    keepsSignals: false,
    listsByLabels: false,
    namesKeyedRuns: false,
    overwritesCache: false,
    recovers: false,
  },
  start: () => startFlyteBackend(),
});
