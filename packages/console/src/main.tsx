import { render } from "preact";
import { followApps } from "./live/apps.ts";
import { lookForReturn } from "./live/come-back.ts";
import { rememberList } from "./route/last-list.ts";
import { followLinks } from "./route/location.ts";
import { applyTheme } from "./parts/theme.tsx";
import { keepFocus } from "./shell/keep-focus.ts";
import { Shell } from "./shell/shell.tsx";

applyTheme();
followLinks();
rememberList();
followApps();
lookForReturn();
keepFocus();
const place = document.querySelector("#app");
if (place !== null) render(<Shell />, place);
