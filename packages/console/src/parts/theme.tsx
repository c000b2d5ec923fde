import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";

type Theme = "auto" | "light" | "dark";

const key = "appenv-theme";
const next: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };
const signs: Readonly<Record<Theme, string>> = { auto: "◐", light: "☀", dark: "☾" };

const theme = signal<Theme>(read());
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(dark.matches);
dark.addEventListener("change", () => (systemIsDark.value = dark.matches));

/** The theme that is shown. */
export const look: ReadonlySignal<"light" | "dark"> = computed(() => {
  if (theme.value !== "auto") return theme.value;
  return systemIsDark.value ? "dark" : "light";
});

function read(): Theme {
  const kept = localStorage.getItem(key);
  return kept === "light" || kept === "dark" ? kept : "auto";
}

/** Shows the theme that was chosen; without a choice the system's. */
export function applyTheme(): void {
  document.documentElement.dataset["theme"] = theme.value;
}

/** The switch between the system's theme, light and dark. */
export function ThemeSwitch(): JSX.Element {
  const change = (): void => {
    theme.value = next[theme.value];
    localStorage.setItem(key, theme.value);
    applyTheme();
  };
  const label = `Theme: ${theme.value}. Change to ${next[theme.value]}`;
  return (
    <button type="button" class="plain" title={label} aria-label={label} onClick={change}>
      {signs[theme.value]}
    </button>
  );
}
