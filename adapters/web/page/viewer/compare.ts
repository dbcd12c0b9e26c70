import { html, nothing, type TemplateResult } from "lit-html";
import type { WirePicture } from "../../wire/messages.ts";
import { type Dialog, openDialog } from "../look/dialog.ts";
import { icon } from "../look/icons.ts";
import { thumbnail } from "../look/small.ts";
import { styled } from "../look/style-properties.ts";
import type { Comparable } from "../state/comparable.ts";

/** One picture over another, with a line between them that can be moved. */
export async function openCompare(befores: readonly Comparable[], after: WirePicture): Promise<void> {
  let before = befores[0];
  let split = 50;

  const show = (dialog: Dialog<undefined>) => (chosen: Comparable) => {
    before = chosen;
    dialog.draw();
  };

  await openDialog<undefined>(
    "Compare",
    "viewer compare",
    (dialog) => html`
      <div class="viewer-top">
        <span class="viewer-count">Compare</span>
        <span class="spring"></span>
        <button type="button" class="tool" aria-label="Close" data-tip="Close" data-tip-end @click=${() => dialog.close()}>
          ${icon("close")}
        </button>
      </div>
      <div class="compare-room">
        <div
          class="compare-frame"
          ${styled({ "--ratio": String(after.width / after.height || 1), "--split": `${split}%` })}
        >
          <img src=${after.src} alt="This one: ${after.alt}" draggable="false" />
          <img class="compare-before" src=${before?.picture.src ?? ""} alt="${before?.label}: ${before?.picture.alt}" draggable="false" />
          <span class="compare-line" aria-hidden="true"><span>${icon("left")}${icon("right")}</span></span>
          <span class="compare-label before" aria-hidden="true">${before?.label ?? ""}</span>
          <span class="compare-label after" aria-hidden="true">This one</span>
          <input
            type="range"
            min="0"
            max="100"
            step="0.5"
            aria-label="How much of the other picture is shown"
            aria-valuetext="${Math.round(split)} % of ${before?.label}"
            .value=${String(split)}
            autofocus
            @input=${(event: Event) => {
              split = Number((event.target as HTMLInputElement).value);
              dialog.draw();
            }}
          />
        </div>
      </div>
      ${befores.length > 1 ? strip(befores, before, show(dialog)) : nothing}
    `,
  );
}

/** What it can be held against, small, side by side. */
function strip(
  befores: readonly Comparable[],
  shown: Comparable | undefined,
  show: (before: Comparable) => void,
): TemplateResult {
  return html`<div class="compare-strip" role="group" aria-label="Compare with">
    ${befores.map(
      (each) => html`<button
        type="button"
        class="compare-choice"
        aria-label=${each.label}
        aria-pressed=${each === shown}
        title=${each.label}
        @click=${() => show(each)}
      >
        <img src=${thumbnail(each.picture.src)} alt="" loading="lazy" decoding="async" draggable="false" />
      </button>`,
    )}
  </div>`;
}
