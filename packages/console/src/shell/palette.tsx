import { signal, useSignal, type Signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Dialog } from "../parts/dialog.tsx";
import { Text } from "../parts/text.tsx";
import { go } from "../route/location.ts";
import { findPlaces, type Place } from "./places.ts";

/** True while the palette is open. */
export const paletteShown: Signal<boolean> = signal(false);

const shown = 12;
/** Time after a key in which another one may follow, before the platform is asked, in milliseconds. */
const pauseMs = 120;

function close(): void {
  paletteShown.value = false;
}

/** Goes to anything by a part of its name. */
export function Palette(): JSX.Element {
  const text = useSignal("");
  const places = useSignal<readonly Place[]>([]);
  const chosen = useSignal(0);
  const { value: asked } = text;
  useEffect(() => {
    const stop = new AbortController();
    const find = (): void =>
      void findPlaces(asked, stop.signal, (found) => (places.value = together(places.value, found)));
    const timer = setTimeout(find, asked === "" ? 0 : pauseMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asked]);
  const found = places.value.filter((place) => fits(place, text.value)).slice(0, shown);
  const take = (place: Place | undefined): void => {
    if (place === undefined) return;
    close();
    go(place.href);
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") take(found[chosen.value]);
    else if (step !== undefined) chosen.value = (chosen.value + step + found.length) % Math.max(found.length, 1);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Go to" onClose={close}>
      <input
        class="wide"
        role="combobox"
        aria-label="A part of a name"
        aria-expanded="true"
        aria-controls="places"
        aria-activedescendant={found.length === 0 ? undefined : `place-${chosen.value}`}
        autofocus
        placeholder="App, run, task, trigger or page"
        onInput={(event) => {
          text.value = event.currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={onKey}
      />
      <div id="places" role="listbox" aria-label="Places" class="places">
        {found.map((place, index) => (
          <div
            key={place.href}
            id={`place-${index}`}
            role="option"
            aria-selected={index === chosen.value}
            onClick={() => take(place)}
          >
            <span class="quiet">{place.kind}</span> <Text of={place.name} />
            <span class="quiet end">
              <Text of={place.where} />
            </span>
          </div>
        ))}
        {found.length === 0 ? <p class="empty">Nothing has this name.</p> : null}
      </div>
    </Dialog>
  );
}

/** Places that were found before stay until those that fit better have come. */
function together(before: readonly Place[], found: readonly Place[]): readonly Place[] {
  return [...new Map([...found, ...before].map((place) => [place.href, place])).values()];
}

function fits({ kind, name }: Place, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/);
  return words.every((word) => `${kind} ${name}`.toLowerCase().includes(word));
}
