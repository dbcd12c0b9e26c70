import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { Bus } from "../../src/seam/bus.ts";
import { until } from "../rig/until.ts";

/** A process that is on the bus, and the events of its log. */
export interface OnBus {
  readonly bus: Bus;
  readonly logged: readonly string[];
}

/** What holds for the bus of one process, and for each of several. `join`: on it until the test is over. */
export function busContract(join: (t: TestContext) => Promise<OnBus>): void {
  describe("the bus", () => {
    test("brings what is told in order, as JSON has it, to those who hear that topic", async (t) => {
      const { bus } = await join(t);
      const heard: unknown[] = [];
      const others: unknown[] = [];
      bus.hear("words", (body) => heard.push(body));
      bus.hear("others", (body) => others.push(body));
      const told = ["a", { b: [1, null, "\u0000 “ß” 🦊"] }, 3, null, false];
      await Promise.all(told.map((body) => bus.tell("words", body)));
      await until(() => heard.length === told.length, "all of it");
      assert.deepEqual(heard, told);
      assert.deepEqual(others, []);
    });

    test("brings a body of a megabyte whole, and others beside it", async (t) => {
      const { bus } = await join(t);
      const heard: unknown[] = [];
      bus.hear("large", (body) => heard.push(body));
      const large = "aß🦊".repeat(150_000);
      await Promise.all([bus.tell("large", large), bus.tell("large", "small")]);
      await until(() => heard.length === 2, "both");
      assert.ok(heard[0] === large);
      assert.equal(heard[1], "small");
    });

    test("is no longer heard by who has stopped, and by the others though one throws", async (t) => {
      const { bus, logged } = await join(t);
      const heard: string[] = [];
      const stop = bus.hear("words", () => heard.push("stopped"));
      bus.hear("words", () => {
        throw new Error("this one fails");
      });
      bus.hear("words", (body) => heard.push(String(body)));
      stop();
      await bus.tell("words", "a fox");
      await until(() => heard.length > 0, "it");
      assert.deepEqual(heard, ["a fox"]);
      assert.ok(logged.includes("bus.failed"));
    });
  });
}

/** What holds among several processes. */
export function busOfSeveralContract(join: (t: TestContext) => Promise<OnBus>): void {
  describe("the bus of several", () => {
    test("brings what each tells to all, itself too, and to all in one order", async (t) => {
      const members = await Promise.all([1, 2, 3].map(() => join(t)));
      const heard = members.map(({ bus }) => {
        const own: string[] = [];
        bus.hear("numbers", (body) => own.push(String(body)));
        return own;
      });
      const told = members.flatMap(({ bus }, member) =>
        Array.from({ length: 50 }, (_, number) => bus.tell("numbers", `${member}/${number}`)),
      );
      await Promise.all(told);
      await until(() => heard.every((own) => own.length === 150), "all of it, everywhere");
      assert.deepEqual(heard[1], heard[0]);
      assert.deepEqual(heard[2], heard[0]);
      for (const member of [0, 1, 2]) {
        const own = heard[0]?.filter((one) => one.startsWith(`${member}/`));
        assert.deepEqual(
          own,
          Array.from({ length: 50 }, (_, number) => `${member}/${number}`),
        );
      }
    });
  });
}
