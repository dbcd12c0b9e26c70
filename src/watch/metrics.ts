import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Meter } from "../seam/watch/meter.ts";

/** What is measured, and its text for Prometheus. */
export interface Metrics {
  readonly meter: Meter;
  readonly contentType: string;
  text(): Promise<string>;
}

/** How much is going on at the moment. */
export interface Load {
  readonly drawing: number;
  readonly waiting: number;
}

/** Upper bounds in seconds: for what should be there at once, and for what takes as long as a picture does. */
const quick = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10];
const slow = [1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600];
const stored = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];

/** docs/watching.md says what each of them is. */
export function createMetrics(version: string, load: () => Load): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const histogram = (name: string, help: string, buckets: readonly number[], labelNames = ["adapter"]) =>
    new Histogram({ name: `drawbridge_${name}`, help, buckets: [...buckets], labelNames, registers });
  const counter = (name: string, help: string, labelNames: readonly string[]) =>
    new Counter({ name: `drawbridge_${name}`, help, labelNames: [...labelNames], registers });
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `drawbridge_${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });

  const acknowledged = histogram("acknowledged_seconds", "Until somebody sees that it was taken", quick);
  const waited = histogram("line_seconds", "Time in line", slow);
  const sketched = histogram("first_sketch_seconds", "Until the first sketch is seen", slow);
  const drawn = histogram("picture_seconds", "Until the picture is there", slow);
  const shown = histogram("shown_seconds", "Until the answer is seen", slow);
  const store = histogram("store_seconds", "Answers of the store", stored, ["call", "outcome"]);
  const turns = counter("turns_total", "Turns that are over", ["adapter", "outcome"]);
  const pictures = counter("pictures_total", "Pictures that were drawn", ["adapter", "model"]);
  const tokens = counter("tokens_total", "Tokens that were used", ["adapter", "model", "direction"]);
  const dollars = counter("cost_dollars_total", "Estimated cost in US dollars", ["adapter", "model"]);
  const refusals = counter("refusals_total", "Turns that OpenAI's safety check refused", ["adapter"]);
  const errors = counter("errors_total", "What came to nothing, by why", ["adapter", "code"]);
  gauge("turns_drawing", "Turns that are being drawn", () => load().drawing);
  gauge("turns_waiting", "Turns that wait in line", () => load().waiting);
  new Gauge({
    name: "drawbridge_info",
    help: "Which version runs",
    labelNames: ["version"],
    registers,
  }).set({ version }, 1);

  const observe = (where: typeof waited, adapter: string, ms: number | undefined) => {
    if (ms !== undefined) where.observe({ adapter }, ms / 1000);
  };

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    meter: {
      acknowledged: (adapter, ms) => observe(acknowledged, adapter, ms),
      turn({ adapter, outcome, code, model = "unknown", usd, ...rest }) {
        turns.inc({ adapter, outcome });
        observe(waited, adapter, rest.waitMs);
        observe(sketched, adapter, rest.sketchMs);
        observe(drawn, adapter, rest.drawnMs);
        observe(shown, adapter, rest.shownMs);
        if (code) errors.inc({ adapter, code });
        if (code === "refused") refusals.inc({ adapter });
        if (rest.pictures > 0) pictures.inc({ adapter, model }, rest.pictures);
        if (usd !== undefined) dollars.inc({ adapter, model }, usd);
        if (rest.tokens) {
          tokens.inc({ adapter, model, direction: "input" }, rest.tokens.input);
          tokens.inc({ adapter, model, direction: "output" }, rest.tokens.output);
        }
      },
      refused: (adapter, code) => errors.inc({ adapter, code }),
      stored: (call, ms, isWell) => store.observe({ call, outcome: isWell ? "well" : "failed" }, ms / 1000),
    },
  };
}
