// A platform in a process of its own, which a test can kill: `node platform-process.ts HOME PORT`.
import { startPlatform } from "@appenv/platform";

const [home = "", port = "0", token = ""] = process.argv.slice(2);
const platform = await startPlatform({ home, port: Number(port), requireToken: token === "token" });
process.stdout.write(`${platform.endpoint}\n`);
process.once("SIGTERM", () => void platform.close().then(() => process.exit()));
