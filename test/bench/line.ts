import { createLanes } from "../../src/fleet/embedded/lanes.ts";
import { compare, print } from "./compare.ts";

/** What it costs that one turn ends and the next begins, with so many waiting: with ten times as many, a little more. */
export async function benchLine(): Promise<void> {
  const changes = 2000;
  const way = async (waiting: number) => {
    let [asked, told] = [0, 0];
    const lanes = createLanes(1, { all: 2 * waiting, ofOne: 2 * waiting });
    const inside: (() => void)[] = [];
    const ask = () => {
      asked += 1;
      const asker = { thread: `t:${asked}`, user: `u${asked % 300}`, community: `s:${asked % 20}` } as const;
      const onPlace = () => {
        told += 1;
      };
      void lanes.enter(asker, new AbortController().signal, onPlace).then((leave) => inside.push(leave));
    };
    while (asked <= waiting) ask();
    return async () => {
      told = 0;
      for (let change = 0; change < changes; change += 1) {
        await Promise.resolve().then(() => {});
        const leave = inside.pop();
        if (!leave) throw new Error("nobody is at it");
        leave();
        ask();
      }
      return told;
    };
  };
  const [few, many] = [await way(1000), await way(10_000)];
  const words = new Map<string, number>();
  await compare(
    `${changes} times one ends, the next begins, and another comes`,
    {
      "1,000 wait": async () => words.set("1,000", await few()),
      "10,000 wait": async () => words.set("10,000", await many()),
    },
    7,
  );
  for (const [waiting, told] of words)
    print(`  ${waiting} wait: ${(told / changes).toFixed(1)} hear of a change`);
  print("");
}
