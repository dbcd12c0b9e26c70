import { html, nothing, type TemplateResult } from "lit-html";
import type { WirePicture } from "../../wire/messages.ts";
import { lighter } from "../look/small.ts";
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
      aria-label=${shown ? nothing : "The picture that is being drawn"}
      title=${pending ? nothing : "Look closer"}
      @click=${() => shown && void studio.look(shown.src)}
    >
      <developing-picture .pending=${pending} .picture=${shown}></developing-picture>
    </button>
  `;
}

/**
 * Shows the newest picture it was given; each one fades in over the one before once it is loaded. As long as what is
 * seen is a sketch, it says so: also when the picture is finished and has not come yet.
 */
class DevelopingPicture extends HTMLElement {
  #src: string | undefined;
  #pending = false;

  set pending(pending: boolean) {
    this.#pending = pending;
    this.classList.toggle("pending", pending);
  }

  set picture(picture: WirePicture | undefined) {
    if (picture?.src === this.#src) return;
    this.#src = picture?.src;
    if (!picture) {
      this.replaceChildren();
      this.classList.remove("sketch");
      return;
    }
    const isSketch = this.#pending;
    const before = [...this.children];
    const image = new Image(picture.width, picture.height);
    image.alt = isSketch ? `Sketch: ${picture.alt}` : picture.alt;
    image.decoding = "async";
    image.draggable = true;
    // The first one of a long conversation may wait until it is scrolled to; one that follows a sketch may not.
    const waits = before.length === 0 && !isSketch;
    if (waits) image.loading = "lazy";
    image.className = before.length > 0 || isSketch ? "arriving" : "whole appearing";
    const light = lighter(picture);
    if (light) {
      image.sizes = waits ? "auto, 820px" : `${this.clientWidth || 820}px`;
      image.srcset = light;
    }
    image.src = picture.src;
    this.append(image);
    for (const old of before) old.setAttribute("aria-hidden", "true");
    const arrive = () => {
      image.classList.remove("arriving", "appearing");
      this.classList.toggle("sketch", isSketch);
      const fading = Promise.allSettled(image.getAnimations().map(({ finished }) => finished));
      void fading.then(() => {
        for (const old of before) old.remove();
      });
    };
    image.addEventListener("load", arrive, { once: true });
    // A sketch may be gone by the time it is asked for: then what was there stays. A picture is fetched until it comes.
    const lose = () => {
      if (!isSketch) return;
      if (this.#src === picture.src) this.#src = undefined;
      image.remove();
      this.lastElementChild?.removeAttribute("aria-hidden");
    };
    image.addEventListener("error", lose);
  }
}

customElements.define("developing-picture", DevelopingPicture);
