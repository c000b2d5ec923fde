// Holds a state directory until it is killed: `node lock-holder.ts HOME`.
import { openHome } from "../../src/state/home.ts";

const home = openHome(process.argv[2] ?? "");
home.publish("http://localhost:7070");
process.send?.("held");
setInterval(() => {}, 60_000);
