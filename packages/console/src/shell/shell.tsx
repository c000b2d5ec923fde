import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { gone, returns } from "../api/connection.ts";
import { askPerson, signedOut } from "../api/session.ts";
import { Questions } from "../parts/dialog.tsx";
import { ThemeSwitch } from "../parts/theme.tsx";
import { Toasts } from "../parts/toast.tsx";
import { path, route } from "../route/location.ts";
import { Help, helpShown } from "./help.tsx";
import { useKeys } from "./keys.ts";
import { Page } from "./page.tsx";
import { Palette, paletteShown } from "./palette.tsx";
import { SignedIn, SignIn } from "./sign-in.tsx";

/** The frame of all pages: the ways to them, and what concerns all of them. */
export function Shell(): JSX.Element {
  useKeys({ "?": () => (helpShown.value = true) });
  useEffect(openPaletteByKey, []);
  const { value: again } = returns;
  useEffect(() => void askPerson(), [again]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <Navigation />
      <div class="column">
        <Banner />
        <main id="main">{signedOut.value ? <SignIn /> : <FocusedPage />}</main>
      </div>
      {paletteShown.value ? <Palette /> : null}
      {helpShown.value ? <Help /> : null}
      <Questions />
      <Toasts />
    </>
  );
}

const pathOfPage = computed(() => path.value.replace(/\/actions\/[^/]*$/, ""));

/** Moves the focus to a new page, so that a screen reader begins to read there; another action of a run is none. */
function FocusedPage(): JSX.Element {
  const first = useRef(true);
  const current = pathOfPage.value;
  useEffect(() => {
    if (!first.current) document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
    first.current = false;
  }, [current]);
  return <Page />;
}

const ways = [
  { href: "/", sign: "◇", words: "Overview", pages: ["overview"] },
  { href: "/v2/runs", sign: "▷", words: "Runs", pages: ["runs", "run"] },
  { href: "/v2/apps", sign: "▣", words: "Apps", pages: ["apps", "app"] },
  { href: "/v2/tasks", sign: "ƒ", words: "Tasks", pages: ["tasks", "task"] },
  { href: "/v2/triggers", sign: "◷", words: "Triggers", pages: ["triggers", "trigger", "events"] },
  { href: "/v2/webhooks", sign: "↯", words: "Webhooks", pages: ["webhooks", "delivery"] },
  { href: "/v2/queues", sign: "≡", words: "Queues", pages: ["queues", "queue"] },
  { href: "/v2/graph", sign: "∴", words: "Graph", pages: ["graph"] },
  { href: "/v2/keys", sign: "§", words: "Keys", pages: ["keys"] },
];

function Navigation(): JSX.Element {
  return (
    <nav class="main" aria-label="Pages">
      <a class="brand" href="/">
        AppEnv
      </a>
      <ul>
        {ways.map(({ href, sign, words, pages }) => (
          <li key={href}>
            <a href={href} aria-current={pages.includes(route.value.page) ? "page" : undefined}>
              <span class="nav-sign" aria-hidden="true">
                {sign}
              </span>
              {words}
            </a>
          </li>
        ))}
      </ul>
      <SignedIn />
      <div class="tools">
        <button type="button" class="search" onClick={() => (paletteShown.value = true)}>
          <span>Go to</span> <kbd>Ctrl K</kbd>
        </button>
        <ThemeSwitch />
        <button type="button" class="plain" aria-label="Keys" title="Keys: ?" onClick={() => (helpShown.value = true)}>
          ?
        </button>
      </div>
    </nav>
  );
}

function Banner(): JSX.Element {
  return (
    <div role="status" aria-live="assertive">
      {gone.value ? (
        <p class="banner">
          The platform does not answer. This page shows the last it heard, and goes on as soon as the platform is back.
        </p>
      ) : null}
    </div>
  );
}

function openPaletteByKey(): () => void {
  window.addEventListener("keydown", openPalette);
  return () => window.removeEventListener("keydown", openPalette);
}

function openPalette(event: KeyboardEvent): void {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
  event.preventDefault();
  paletteShown.value = true;
}
