import { html, nothing, type TemplateResult } from "lit-html";
import type { WireAnswer } from "../wire.ts";
import { fileName } from "./format.ts";
import { type IconName, icon } from "./icons.ts";
import { picturesOf, type State } from "./store.ts";
import { beforesOf, type Studio } from "./studio.ts";

/** What the page itself can do with a picture. */
export function tools(message: WireAnswer, state: State, studio: Studio): TemplateResult {
  const { images, details } = message.view;
  const picture = images[0];
  const unfolded = state.unfolded.has(message.id);
  return html`
    <div class="tools" role="group" aria-label="Picture">
      ${
        picture
          ? html`
            ${tool("reply", "Reply", () => studio.reply(message.id))}
            ${tool("brush", "Paint mask", () => void studio.paint({ answer: message.id, picture }))}
            ${
              beforesOf(state, message).length > 0
                ? tool("compare", "Compare", () => void studio.compare(message))
                : nothing
            }
            ${tool("reference", "Use as reference", () => studio.reuse(picture))}
            ${images.map((_, at) => download(message, at, state))}
            ${canCopy ? tool("copy", "Copy picture", () => void studio.copy(picture)) : nothing}
          `
          : nothing
      }
      ${
        details
          ? html`<button
            type="button"
            class="tool"
            aria-label="Details"
            aria-expanded=${unfolded}
            aria-controls="details-${message.id}"
            data-tip="Details"
            data-tip-end
            @click=${() => studio.unfold(message.id)}
          >
            ${icon("details")}
          </button>`
          : nothing
      }
    </div>
  `;
}

function tool(name: IconName, label: string, act: () => void): TemplateResult {
  return html`<button type="button" class="tool" aria-label=${label} data-tip=${label} @click=${act}>
    ${icon(name)}
  </button>`;
}

function download({ id, view }: WireAnswer, at: number, state: State): TemplateResult {
  const picture = view.images[at];
  const all = picturesOf(state);
  const number =
    all.findIndex(({ answer, picture: { src } }) => answer.id === id && src === picture?.src) + 1;
  const label = view.images.length > 1 ? `Download ${at + 1}` : "Download";
  return html`<a
    class="tool"
    role="button"
    href=${picture?.src ?? ""}
    download=${fileName(view.details?.prompt ?? "", number, picture?.mediaType ?? "")}
    aria-label=${label}
    data-tip=${label}
  >
    ${icon("download")}
  </a>`;
}

// Missing on plain http.
const canCopy = typeof ClipboardItem !== "undefined" && navigator.clipboard !== undefined;
