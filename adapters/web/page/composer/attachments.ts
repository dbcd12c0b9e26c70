import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { icon } from "../look/icons.ts";
import { thumbnail } from "../look/small.ts";
import type { Draft, DraftPicture } from "../state/drafts.ts";
import type { Studio } from "../studio/studio.ts";

/** The pictures in the composer, numbered so that words can name them. */
export function attachments(draft: Draft, studio: Studio): TemplateResult | typeof nothing {
  const { pictures } = draft;
  if (pictures.length === 0) return nothing;
  return html`<ol class="attachments" aria-label="Attached pictures">
    ${repeat(
      pictures,
      ({ key }) => key,
      (picture, at) => item(picture, at, draft, studio),
    )}
  </ol>`;
}

function item(picture: DraftPicture, at: number, draft: Draft, studio: Studio): TemplateResult {
  const number = at + 1;
  const last = draft.pictures.length - 1;
  return html`
    <li
      class="attachment ${draft.mask?.src === picture.src ? "masked" : ""}"
      draggable="true"
      @dragstart=${(event: DragEvent) => event.dataTransfer?.setData(dragType, picture.key)}
      @dragover=${(event: DragEvent) => event.dataTransfer?.types.includes(dragType) && event.preventDefault()}
      @drop=${(event: DragEvent) => {
        const moved = draft.pictures.find(({ key }) => key === event.dataTransfer?.getData(dragType));
        if (!moved) return;
        event.preventDefault();
        event.stopPropagation();
        studio.movePicture(moved, at);
      }}
    >
      <button
        type="button"
        class="attachment-picture"
        aria-label="Picture ${number}: ${picture.name}${last > 0 ? ". Arrow keys move it; press to move it on" : ""}"
        title=${last > 0 ? "Drag to reorder" : picture.name}
        @click=${() => studio.movePicture(picture, at === 0 ? last : at - 1)}
        @keydown=${(event: KeyboardEvent) => {
          const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
          if (!by) return;
          event.preventDefault();
          studio.movePicture(picture, at + by);
          const moved = event.currentTarget as HTMLElement;
          requestAnimationFrame(() => moved.focus());
        }}
      >
        <img src=${thumbnail(picture.src)} alt=${picture.name} draggable="false" />
        <span class="number">${number}</span>
      </button>
      <span class="attachment-tools">
        <button
          type="button"
          class="tool"
          aria-label="Remove picture ${number}"
          data-tip="Remove"
          @click=${() => studio.removePicture(picture)}
        >
          ${icon("close")}
        </button>
        <button
          type="button"
          class="tool"
          aria-label="Paint mask on picture ${number}"
          data-tip="Paint mask"
          @click=${() => void studio.paint(picture)}
        >
          ${icon("brush")}
        </button>
      </span>
    </li>
  `;
}

const dragType = "application/x-drawbridge-attachment";
