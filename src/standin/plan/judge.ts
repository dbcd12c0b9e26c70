import type { Params } from "../params/params.ts";

/** What the model would do with a request. */
export type Verdict = { readonly kind: "draw"; readonly pictures: number } | { readonly kind: "answer" };

/** Words that moderation stops here: two to order it in so many words, and a few that it would stop anywhere. */
const refusedWords: readonly {
  readonly pattern: RegExp;
  readonly stage: "input" | "output";
  readonly category: string;
}[] = [
  { pattern: /\[refuse\]|\brefuse-me\b/i, stage: "input", category: "other" },
  { pattern: /\[refuse-output\]|\brefuse-output\b/i, stage: "output", category: "other" },
  { pattern: /\b(gore|gory|beheading|bloodbath)\b/i, stage: "input", category: "violence" },
  { pattern: /\b(nude|naked|porn\w*|nsfw)\b/i, stage: "input", category: "sexual" },
  { pattern: /\bself-harm\b/i, stage: "input", category: "self-harm" },
];

const drawing =
  /\b(draw|sketch|paint|render|illustrate|create|generate|design|make|add|put|place|remove|erase|delete|replace|swap|change|turn|recolou?r|colou?r|edit|restyle|extend|crop|zoom|give|set|move|lower|raise|brighten|darken|another|again|variation|picture of|image of|photo of|poster|logo|sticker|icon|wallpaper)\b/i;

const asking =
  /^(what|who|whom|whose|where|when|why|which|how|is|are|was|were|does|do|did|can you (tell|describe|read|see|explain|count)|describe|explain|tell|read|count|list|summari[sz]e|transcribe|identify|hello|hi|hey|thanks|thank you)\b/i;

/** Whether a request is drawn or answered in words, as `tool_choice` and the words say. */
export function judge(
  params: Pick<Params, "tool_choice" | "tools" | "max_tool_calls">,
  prompt: string,
): Verdict {
  const pictures = Math.min(howMany(prompt.slice(0, 4000)), params.max_tool_calls ?? 3, 3);
  if (params.tools.length === 0) return { kind: "answer" };
  const choice = params.tool_choice ?? "auto";
  if (choice === "none") return { kind: "answer" };
  const forced =
    choice === "required" ||
    (typeof choice === "object" && !(choice.type === "allowed_tools" && choice.mode === "auto"));
  if (forced) return { kind: "draw", pictures };
  const text = prompt.slice(0, 4000).trim().toLowerCase();
  // "can you draw a cat?" and "make it night, ok?" ask for a picture, whatever their last character.
  const polite = /^(please |now |ok |okay |then |and |also )*(can|could|would|will) you (please )?/;
  const order = text.replace(polite, "");
  if (
    drawing.test(order) &&
    !/^(what|who|where|when|why|which|how|describe|explain|read|count)\b/.test(order)
  ) {
    return { kind: "draw", pictures };
  }
  if (asking.test(text) || text.endsWith("?")) return { kind: "answer" };
  return { kind: "draw", pictures };
}

/** Whether moderation stops a prompt, and when. `low` moderation lets nothing more through here. */
export function refusal(
  prompt: string,
): { stage: "input" | "output"; categories: readonly string[] } | undefined {
  const found = refusedWords.find(({ pattern }) => pattern.test(prompt));
  return found && { stage: found.stage, categories: [found.category] };
}

const numbers: Readonly<Record<string, number>> = { two: 2, three: 3, "2": 2, "3": 3 };

/** How many pictures a prompt asks for: "three pictures of …", "two variations". */
function howMany(prompt: string): number {
  const match =
    /\b(two|three|2|3)\s+(?:\w+\s+){0,2}?(pictures|images|versions|variations|variants|options|posters|illustrations|drawings)\b/i.exec(
      prompt,
    );
  return numbers[match?.[1]?.toLowerCase() ?? ""] ?? 1;
}
