import { html, type TemplateResult } from "lit-html";
import { type Block, type Inline, parseMarkdown } from "./markdown.ts";

/** Markdown as elements; every word of it goes in as text. */
export function prose(text: string): readonly TemplateResult[] {
  return parseMarkdown(text).map(block);
}

function block(block: Block): TemplateResult {
  switch (block.kind) {
    case "paragraph":
      return html`<p>${block.lines.map((line, at) => html`${at > 0 ? html`<br />` : ""}${line.map(inline)}`)}</p>`;
    case "heading":
      return html`<h3>${block.inlines.map(inline)}</h3>`;
    case "code":
      return html`<pre><code>${block.text}</code></pre>`;
    case "list": {
      const items = block.items.map((item) => html`<li>${item.map(inline)}</li>`);
      return block.ordered ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`;
    }
  }
}

function inline(part: Inline): TemplateResult {
  switch (part.kind) {
    case "text":
      return html`${part.text}`;
    case "code":
      return html`<code>${part.text}</code>`;
    case "strong":
      return html`<strong>${part.inlines.map(inline)}</strong>`;
    case "emphasis":
      return html`<em>${part.inlines.map(inline)}</em>`;
    case "link":
      return html`<a href=${part.href} target="_blank" rel="noopener noreferrer">${part.inlines.map(inline)}</a>`;
  }
}
