// Soaks a platform of its own and says what has grown: `node main.ts [--seconds 600]`. Exits 1 if something has.
import { parseArgs } from "node:util";
import { soak } from "./soak.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "600" } } });
const seconds = Number(values.seconds);
if (!(seconds > 0))
  throw new TypeError(`--seconds is ${JSON.stringify(values.seconds)}, but must be a number above 0.`);
const { before, after, done, grown } = await soak(seconds, (line) => process.stderr.write(`${line}\n`));
process.stdout.write(`${JSON.stringify({ seconds, done, before, after, grown }, undefined, 2)}\n`);
process.exit(grown.length > 0 ? 1 : 0);
