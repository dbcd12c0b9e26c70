import type { History, Moment } from "./history.ts";
import { toWords, type Violation } from "./oracle.ts";

/** How it came to that: what happened to the turn, and to the bot meanwhile, a line each. */
export function toStory({ moments, drawn }: History, { wrong, what, turn, message }: Violation): string {
  const asked = moments.find((one) => one.kind === "asked" && one.turn === turn);
  const group = asked?.kind === "asked" ? asked.group : undefined;
  const responses = new Set(drawn.flatMap((one) => (one.group === group ? [one.response] : [])));
  const pictures = new Set(drawn.flatMap((one) => (one.group === group ? one.pictures : [])));
  const from = asked?.kind === "asked" ? asked.from?.message : undefined;
  const alike = new Set(
    moments.flatMap((one) =>
      one.kind === "asked" && group !== undefined && one.group === group ? [one.turn] : [],
    ),
  );
  const told = new Map<string, number>();
  const isPart = (one: Moment): boolean => {
    switch (one.kind) {
      case "asked":
      case "taken":
      case "turned away":
      case "spared":
        return one.turn === turn || alike.has(one.turn);
      case "created":
        return one.group === group;
      case "told": {
        if (!responses.has(one.response)) return false;
        const count = (told.get(one.response + one.event) ?? 0) + 1;
        told.set(one.response + one.event, count);
        return count === 1;
      }
      case "seen":
        return (
          one.message === message ||
          one.message === from ||
          (turn !== undefined && one.turn === turn) ||
          one.face.pictures.some((hash) => pictures.has(hash))
        );
      case "gone":
        return one.message === message || one.message === from;
      case "process":
      case "store":
      case "ordered":
      case "fault":
        return true;
      case "request":
        return group !== undefined && one.what.includes(group);
    }
  };
  const first = (asked?.at ?? 0) - 1500;
  // What was asked before in the same words and cannot be told apart belongs to it, however long ago that was.
  const always: readonly Moment["kind"][] = ["asked", "taken", "turned away", "spared", "created", "seen"];
  const isSoon = (one: Moment) => one.at >= first || always.includes(one.kind);
  const lines = moments.filter((one) => isPart(one) && isSoon(one)).map(toLine);
  return [`${wrong}: ${what}`, ...lines.slice(0, 120)].join("\n    ");
}

function toLine(one: Moment): string {
  return `${String(one.at).padStart(7)} ms  ${toSentence(one)}`;
}

function toSentence(one: Moment): string {
  switch (one.kind) {
    case "asked": {
      const from = one.from ? `, of ${one.from.message}` : "";
      return `${one.person} asks on ${one.platform} (${one.way}${from}): ${one.turn}, as ${one.group}`;
    }
    case "taken":
      return `${one.turn} is seen taken: ${one.by}`;
    case "turned away":
      return `${one.turn} is seen not to be taken: ${one.by}`;
    case "spared":
      return `no picture need come of ${one.turn}: ${one.why}`;
    case "created":
      return `OpenAI begins ${one.response.slice(0, 12)} for ${one.group}, from ${one.parent?.slice(0, 12) ?? "nothing"}, asked by #${one.process}`;
    case "told":
      return `the bot is told ${one.event} of ${one.response.slice(0, 12)}`;
    case "seen":
      return `${one.to ?? "everybody"} sees in ${one.message}${one.turn ? ` (answers ${one.turn})` : ""}: ${toWords(one)}`;
    case "gone":
      return `${one.message} is taken away by ${one.by === "bot" ? "the bot" : "a person"}`;
    case "process":
      return `== process #${one.process} ${one.what}${one.how ? `: ${one.how}` : ""}`;
    case "store":
      return `== the store is ${one.what}`;
    case "ordered":
      return `== from now on: ${one.name} (${one.what})`;
    case "fault":
      return `== fault: ${one.name} (${one.what})`;
    case "request":
      return `request to ${one.to}: ${one.what}`;
  }
}
