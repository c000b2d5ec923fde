import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPlatform } from "@appenv/platform";
import { platformTests } from "../src/platform-tests.ts";

platformTests({
  name: "the embedded platform",
  abilities: {
    firesOnDemand: false,
    hasEvents: true,
    hasLinks: true,
    keepsSignals: true,
    listsByLabels: true,
    namesKeyedRuns: true,
    overwritesCache: true,
    recovers: true,
    schedules: true,
    showsSleeps: true,
    hasStreams: true,
    tellsFirings: true,
  },
  start: async () => {
    const home = mkdtempSync(join(tmpdir(), "appenv-platform-tests-"));
    // The client sends the owner's token to the platform of this directory.
    process.env["APPENV_HOME"] = home;
    const platform = await startPlatform({ home, port: 0 });
    const close = async (): Promise<void> => {
      await platform.close();
      rmSync(home, { recursive: true, force: true });
    };
    return { endpoint: platform.endpoint, close };
  },
});
