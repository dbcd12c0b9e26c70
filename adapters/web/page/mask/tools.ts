import { html, nothing, type TemplateResult } from "lit-html";
import { type IconName, icon } from "../look/icons.ts";
import type { Brushed } from "./history.ts";

/** What the tools show. */
export interface MaskTools {
  readonly kind: Brushed["kind"];
  /** The brush's diameter as part of the picture's shorter side, in percent, from 1 to 60. */
  readonly brush: number;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly canClear: boolean;
}

/** What the tools do. */
export interface MaskActs {
  use(kind: Brushed["kind"]): void;
  setBrush(percent: number): void;
  /** The brush has the size it is to have. */
  brushSet(): void;
  undo(): void;
  redo(): void;
  clear(): void;
  invert(): void;
  zoom(factor: number): void;
  fit(): void;
}

/** The tools a mask is painted with. */
export function maskTools(shown: MaskTools, acts: MaskActs): TemplateResult {
  const { kind, brush, canUndo, canRedo, canClear } = shown;
  return html`
    <div class="painter-tools">
      <div class="painter-group" role="group" aria-label="Tool">
        ${tool("brush", "Brush", () => acts.use("brush"), { pressed: kind === "brush" })}
        ${tool("eraser", "Eraser", () => acts.use("eraser"), { pressed: kind === "eraser" })}
      </div>
      <label class="brush-size">
        <span class="dot small" aria-hidden="true"></span>
        <input
          type="range"
          min="1"
          max="60"
          step="0.5"
          aria-label="Brush size"
          .value=${String(brush)}
          @input=${(event: Event) => acts.setBrush(Number((event.target as HTMLInputElement).value))}
          @change=${acts.brushSet}
        />
        <span class="dot" aria-hidden="true"></span>
      </label>
      <div class="painter-group" role="group" aria-label="Painting">
        ${tool("undo", "Undo", acts.undo, { off: !canUndo })}
        ${tool("redo", "Redo", acts.redo, { off: !canRedo })}
        ${tool("trash", "Clear", acts.clear, { off: !canClear })} ${tool("invert", "Invert", acts.invert)}
      </div>
      <div class="painter-group painter-zoom" role="group" aria-label="View">
        ${tool("zoomOut", "Zoom out", () => acts.zoom(1 / 1.4))} ${tool("fit", "Fit", acts.fit)}
        ${tool("zoomIn", "Zoom in", () => acts.zoom(1.4))}
      </div>
    </div>
  `;
}

function tool(
  name: IconName,
  label: string,
  act: () => void,
  more: { pressed?: boolean; off?: boolean } = {},
): TemplateResult {
  return html`<button
    type="button"
    class="tool"
    aria-label=${label}
    aria-pressed=${more.pressed ?? nothing}
    data-tip=${label}
    ?disabled=${more.off ?? false}
    @click=${act}
  >
    ${icon(name)}
  </button>`;
}
