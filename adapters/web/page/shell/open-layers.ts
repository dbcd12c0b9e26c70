import { showLayers } from "../look/layers.ts";
import type { State } from "../state/store.ts";
import type { Studio } from "../studio/studio.ts";

/** Tells *Back* what of the page is open: drawers where they lie over it, the options, details. */
export function watchLayers(state: State, studio: Studio): void {
  const { panel, unfolded } = state;
  const open = new Map<string, () => void>();
  const isNarrow = (width: number) => matchMedia(`(max-width: ${width}px)`).matches;
  if (unfolded.size > 0) open.set("details", () => studio.fold());
  if (panel.options) open.set("options", () => studio.panel("options", false));
  if (panel.versions && isNarrow(1180)) open.set("versions", () => studio.panel("versions", false));
  if (panel.threads && isNarrow(820)) open.set("threads", () => studio.panel("threads", false));
  showLayers(open);
}
