import { html, nothing } from "lit-html";
import type { WirePicture } from "../../wire/messages.ts";
import { openDialog } from "../look/dialog.ts";
import { icon } from "../look/icons.ts";
import { styled } from "../look/style-properties.ts";

/** One picture over another, with a line between them that can be moved. */
export async function openCompare(
  befores: readonly { readonly label: string; readonly picture: WirePicture }[],
  after: WirePicture,
): Promise<void> {
  let before = befores[0];
  let split = 50;

  await openDialog<undefined>(
    "Compare",
    "viewer compare",
    (dialog) => html`
      <div class="viewer-top">
        ${
          befores.length > 1
            ? html`<div class="segments" role="group" aria-label="Compare with">
              ${befores.map(
                (each) => html`<button
                  type="button"
                  aria-pressed=${each === before}
                  @click=${() => {
                    before = each;
                    dialog.draw();
                  }}
                >
                  ${each.label}
                </button>`,
              )}
            </div>`
            : nothing
        }
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
          <img src=${after.src} alt="After: ${after.alt}" draggable="false" />
          <img class="compare-before" src=${before?.picture.src ?? ""} alt="Before: ${before?.picture.alt}" draggable="false" />
          <span class="compare-line" aria-hidden="true"><span>${icon("left")}${icon("right")}</span></span>
          <span class="compare-label before" aria-hidden="true">Before</span>
          <span class="compare-label after" aria-hidden="true">After</span>
          <input
            type="range"
            min="0"
            max="100"
            step="0.5"
            aria-label="How much of the picture before is shown"
            aria-valuetext="${Math.round(split)} % before"
            .value=${String(split)}
            autofocus
            @input=${(event: Event) => {
              split = Number((event.target as HTMLInputElement).value);
              dialog.draw();
            }}
          />
        </div>
      </div>
    `,
  );
}
