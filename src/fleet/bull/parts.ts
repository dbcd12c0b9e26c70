/** Takes a text apart for what carries only so many bytes at a time, and puts it together again. */
export interface Parts {
  /** In ASCII, each `mostBytes` long at most; no two texts have a part alike. */
  apart(text: string): readonly string[];
  /** The text, with its last part; undefined before. The parts of one come in order, others' in between. */
  together(part: string): string | undefined;
}

/** Texts of which parts may be missing: more are not waited for. */
const mostOpen = 100;

/** `name`: of whoever takes them apart; no two have the same. */
export function createParts(name: string, mostBytes: number): Parts {
  const open = new Map<string, string[]>();
  let number = 0;

  return {
    apart(text) {
      number += 1;
      const ascii = text.replace(
        /[^ -~]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
      );
      const room = mostBytes - name.length - 40;
      const count = Math.max(1, Math.ceil(ascii.length / room));
      return Array.from({ length: count }, (_, index) => {
        const left = count - 1 - index;
        return `${name} ${number} ${left} ${ascii.slice(index * room, (index + 1) * room)}`;
      });
    },
    together(part) {
      const [, id = "", left, text = ""] = /^(\S+ \d+) (\d+) (.*)$/s.exec(part) ?? [];
      const before = open.get(id) ?? [];
      open.delete(id);
      before.push(text);
      if (left === "0") return before.join("");
      open.set(id, before);
      const [oldest] = open.keys();
      if (oldest !== undefined && open.size > mostOpen) open.delete(oldest);
      return undefined;
    },
  };
}
