import { html, nothing, type TemplateResult } from "lit-html";
import type { WireAnswer } from "../../wire/messages.ts";
import { type IconName, icon } from "../look/icons.ts";
import { isComparable } from "../state/comparable.ts";
import { picturesOf, type State } from "../state/store.ts";
import { canCopy } from "../studio/clipboard.ts";
import type { Studio } from "../studio/studio.ts";
import { nameOfPicture } from "../text/format.ts";

/** What the page itself can do with an answer, and with its picture if it has one only. */
export function tools(message: WireAnswer, state: State, studio: Studio): TemplateResult {
  const { images, files, details } = message.view;
  const [picture, ...others] = images;
  const unfolded = state.unfolded.has(message.id);
  const alone = others.length === 0;
  return html`
    <div class="tools" role="group" aria-label="Picture">
      ${
        picture && alone
          ? html`
            ${tool("brush", "Paint mask", () => void studio.paint({ answer: message.id, picture }))}
            ${isComparable(state, message) ? tool("compare", "Compare", () => void studio.compare(message, picture)) : nothing}
            ${common(message, 0, state, studio, canCopy ? tool("copy", "Copy picture", () => void studio.copy(picture)) : nothing)}
          `
          : nothing
      }
      ${files?.map((_, at) => source(message, at, state))}
      ${
        details
          ? html`<button
            type="button"
            class="tool"
            aria-label="Details"
            aria-expanded=${unfolded}
            aria-controls="details-${message.id}"
            data-tip="Details"
            @click=${() => studio.unfold(message.id)}
          >
            ${icon("details")}
          </button>`
          : nothing
      }
    </div>
  `;
}

/** What it can do with one picture of several. */
export function toolsOfOne(message: WireAnswer, at: number, state: State, studio: Studio): TemplateResult {
  const picture = message.view.images[at];
  if (!picture) return html``;
  return html`
    <div class="tools" role="group" aria-label="Picture ${at + 1}">
      ${tool("brush", "Paint mask", () => void studio.paintOneOf(picture))} ${common(message, at, state, studio)}
    </div>
  `;
}

/** `more`: what there is room for beside it. */
function common(
  message: WireAnswer,
  at: number,
  state: State,
  studio: Studio,
  more: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  const picture = message.view.images[at];
  if (!picture) return html``;
  const liked = state.favourites.has(picture.src);
  return html`
    ${tool("reference", "Use as reference", () => studio.reuse(picture))} ${download(message, at, state)} ${more}
    ${tool(liked ? "starred" : "star", "Favourite", () => void studio.favourite(picture.src), liked)}
    ${tool("more", "More…", () => void studio.more(message, at))}
  `;
}

/** `pressed`: of one that is on or off. */
function tool(name: IconName, label: string, act: () => void, pressed?: boolean): TemplateResult {
  return html`<button
    type="button"
    class="tool"
    aria-label=${label}
    aria-pressed=${pressed ?? nothing}
    data-tip=${label}
    @click=${act}
  >
    ${icon(name)}
  </button>`;
}

function download(message: WireAnswer, at: number, state: State): TemplateResult {
  const picture = message.view.images[at];
  const label = "Download";
  return html`<a
    class="tool"
    role="button"
    href=${picture?.src ?? ""}
    download=${toFileName(message, at, picture?.mediaType ?? "", state)}
    aria-label=${label}
    data-tip=${label}
  >
    ${icon("download")}
  </a>`;
}

/** What a picture was drawn from, such as an SVG: only ever saved. */
function source(message: WireAnswer, at: number, state: State): TemplateResult {
  const { files = [] } = message.view;
  const file = files[at];
  const kind = (/\/(\w+)/.exec(file?.mediaType ?? "")?.[1] ?? "file").toUpperCase();
  const label = files.length > 1 ? `Download ${kind} ${at + 1}` : `Download ${kind}`;
  return html`<a
    class="tool source"
    role="button"
    href=${file?.src ?? ""}
    download=${toFileName(message, at, file?.mediaType ?? "", state)}
    aria-label=${label}
    data-tip=${label}
  >
    ${icon("download")}<span aria-hidden="true">${kind}${files.length > 1 ? ` ${at + 1}` : nothing}</span>
  </a>`;
}

function toFileName(answer: WireAnswer, at: number, mediaType: string, state: State): string {
  return nameOfPicture(answer, { src: answer.view.images[at]?.src ?? "", mediaType }, picturesOf(state));
}
