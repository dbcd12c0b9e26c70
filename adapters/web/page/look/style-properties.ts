import { nothing } from "lit-html";
import { Directive, directive, type ElementPart } from "lit-html/directive.js";

/**
 * Sets style properties on the element it stands in: `<div ${styled({ width: "3px" })}>`.
 *
 * lit's own styleMap writes a style attribute the first time, which the Content-Security-Policy forbids.
 */
export const styled = directive(
  class extends Directive {
    override render(_properties: Readonly<Record<string, string>>) {
      return nothing;
    }

    override update({ element }: ElementPart, [properties]: [Readonly<Record<string, string>>]) {
      const { style } = element as HTMLElement;
      for (const [name, value] of Object.entries(properties)) {
        if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
      }
      return nothing;
    }
  },
);
