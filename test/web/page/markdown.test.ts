import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Block, type Inline, parseMarkdown } from "../../../adapters/web/page/text/markdown.ts";

describe("the page's Markdown", () => {
  it("reads paragraphs, lists, headings and code", () => {
    assert.deepEqual(
      parseMarkdown("# Title\none\ntwo\n\n- a\n- b\n1. c\n```\n**x**\n```\nend").map(({ kind }) => kind),
      ["heading", "paragraph", "list", "list", "code", "paragraph"],
    );
  });

  it("reads strong, emphasis, code and links inside a line", () => {
    assert.equal(
      say("**bold** and *soft* and _soft_"),
      "<strong>bold</strong> and <em>soft</em> and <em>soft</em>",
    );
    assert.equal(say("**all *of* it**"), "<strong>all <em>of</em> it</strong>");
    assert.equal(say("`a*b*c`"), "<code>a*b*c</code>");
    assert.equal(say("[here](https://a.example/x)"), "<a https://a.example/x>here</a>");
    assert.equal(say("see https://a.example/x."), "see <a https://a.example/x>https://a.example/x</a>.");
  });

  it("leaves alone what only looks like it", () => {
    for (const text of ["2 * 3 * 4", "snake_case_name", "a ** b", "**open", "[x] (y)", "#tag", "5*6"]) {
      assert.equal(say(text), text);
    }
    assert.equal(say("\\*not\\*"), "*not*");
  });

  it("makes links of the web only", () => {
    for (const href of ["javascript:alert(1)", "data:text/html,x", "//evil.example", "vbscript:x", "/api"]) {
      assert.equal(say(`[x](${href})`), `[x](${href})`);
    }
  });

  it("keeps HTML as the words it is", () => {
    assert.equal(say("<img src=x onerror=alert(1)>"), "<img src=x onerror=alert(1)>");
  });

  it("takes no longer for hostile text than for long text", () => {
    const started = performance.now();
    for (const text of ["*", "_", "**", "[", "`", "[a](", "*a ", "**a*b"]) parseMarkdown(text.repeat(5000));
    parseMarkdown("- \n".repeat(20_000));
    assert.ok(performance.now() - started < 5000);
  });
});

function say(text: string): string {
  return parseMarkdown(text).map(block).join("|");
}

function block(block: Block): string {
  if (block.kind === "code") return block.text;
  if (block.kind === "list") return block.items.map((item) => item.map(inline).join("")).join("|");
  if (block.kind === "heading") return block.inlines.map(inline).join("");
  return block.lines.map((line) => line.map(inline).join("")).join("\n");
}

function inline(part: Inline): string {
  switch (part.kind) {
    case "text":
      return part.text;
    case "code":
      return `<code>${part.text}</code>`;
    case "strong":
      return `<strong>${part.inlines.map(inline).join("")}</strong>`;
    case "emphasis":
      return `<em>${part.inlines.map(inline).join("")}</em>`;
    case "link":
      return `<a ${part.href}>${part.inlines.map(inline).join("")}</a>`;
  }
}
