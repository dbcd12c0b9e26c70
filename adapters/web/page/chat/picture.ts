import { html, nothing, type TemplateResult } from "lit-html";
import type { WirePicture } from "../../wire/messages.ts";
import { styled } from "../look/style-properties.ts";
import type { Studio } from "../studio/studio.ts";

/**
 * A picture in a frame that keeps its place from the first sketch to the last.
 *
 * `like` is what the picture will probably be shaped like, as long as there is none.
 */
export function picture(
  shown: WirePicture | undefined,
  pending: boolean,
  like: { readonly width: number; readonly height: number } | undefined,
  studio: Studio,
): TemplateResult {
  const { width, height } = shown ?? like ?? { width: 1, height: 1 };
  return html`
    <button
      type="button"
      class="frame ${pending ? "pending" : ""} ${shown ? "" : "blank"}"
      ${styled({ "--ratio": String(width / height || 1) })}
      ?disabled=${pending}
      title=${pending ? nothing : "Look closer"}
      @click=${() => shown && void studio.look(shown.src)}
    >
      <developing-picture .pending=${pending} .picture=${shown}></developing-picture>
    </button>
  `;
}

/** Shows the newest picture it was given; each one fades in over the one before once it is loaded. */
class DevelopingPicture extends HTMLElement {
  #src: string | undefined;

  set pending(pending: boolean) {
    this.classList.toggle("pending", pending);
  }

  set picture(picture: WirePicture | undefined) {
    if (picture?.src === this.#src) return;
    this.#src = picture?.src;
    if (!picture) {
      this.replaceChildren();
      return;
    }
    const image = new Image(picture.width, picture.height);
    image.alt = picture.alt;
    image.decoding = "async";
    image.draggable = true;
    const before = [...this.children];
    // The first one of a long conversation may wait until it is scrolled to; one that follows a sketch may not.
    if (before.length === 0) image.loading = "lazy";
    const develops = before.length > 0 || this.classList.contains("pending");
    image.className = develops ? "arriving" : "whole appearing";
    image.src = picture.src;
    this.append(image);
    for (const old of before) old.setAttribute("aria-hidden", "true");
    const arrive = () => {
      image.classList.remove("arriving", "appearing");
      const fading = Promise.allSettled(image.getAnimations().map(({ finished }) => finished));
      void fading.then(() => {
        for (const old of before) old.remove();
      });
    };
    image.addEventListener("load", arrive, { once: true });
    // A sketch may be gone by the time it is asked for, and the server when the last is; then what was there stays,
    // and the same picture is fetched when it is given again.
    const lose = () => {
      if (this.#src === picture.src) this.#src = undefined;
      if (!this.classList.contains("pending") && before.length === 0) return;
      image.remove();
      this.lastElementChild?.removeAttribute("aria-hidden");
    };
    image.addEventListener("error", lose, { once: true });
  }
}

customElements.define("developing-picture", DevelopingPicture);
