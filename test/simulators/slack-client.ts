import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import bolt from "@slack/bolt";
import sharp from "sharp";
import { type Fields, isFields } from "./slack/fields.ts";
import { createSlackSimulator, type SlackSimulator, type SlackSimulatorOptions } from "./slack/index.ts";

export const png = await sharp({ create: { width: 8, height: 6, channels: 3, background: "#c06030" } })
  .png()
  .toBuffer();

/** A simulator with a channel and a person in it. */
export async function simulate(t: TestContext, options: SlackSimulatorOptions = {}) {
  const simulator = await createSlackSimulator(options);
  const stops: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    for (const stop of stops) await stop();
    await simulator.close();
  });
  const ada = simulator.addUser({ name: "ada" });
  const channel = simulator.addChannel({ name: "pictures" });
  return { simulator, channel, ada, stops };
}

/** The same, with the real Bolt connected over Socket Mode. */
export async function connect(t: TestContext, options: SlackSimulatorOptions = {}) {
  const world = await simulate(t, options);
  const { simulator } = world;
  const app = new bolt.App({
    token: simulator.token,
    appToken: simulator.appToken,
    socketMode: true,
    logger: silent,
    clientOptions: { slackApiUrl: simulator.api, retryConfig: { retries: 0 } },
  });
  world.stops.push(() => app.stop());
  return { ...world, app };
}

export function createClient(
  simulator: SlackSimulator,
  token: string = simulator.token,
  options: bolt.webApi.WebClientOptions = {},
) {
  return new bolt.webApi.WebClient(token, {
    slackApiUrl: simulator.api,
    retryConfig: { retries: 0 },
    logger: silent,
    ...options,
  });
}

export const silent: bolt.Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => bolt.LogLevel.ERROR,
  setName() {},
};

/** The refusal of a call that must be refused. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ error: string; messages: readonly string[]; data: Fields }> {
  const error: unknown = await call.then(
    () => assert.fail("not refused"),
    (caught: unknown) => caught,
  );
  const data = error instanceof Error && "data" in error && isFields(error.data) ? error.data : {};
  const details = isFields(data.response_metadata) ? data.response_metadata.messages : [];
  return { error: String(data.error), messages: Array.isArray(details) ? details.map(String) : [], data };
}

export const plain = (text: string) => ({ type: "plain_text", text });
export const button = (rest: object = {}) => ({
  type: "button",
  action_id: "go",
  text: plain("Go"),
  ...rest,
});
export const long = (length: number) => "x".repeat(length);

export const input = (element: object, rest: object = {}) => ({
  type: "input",
  block_id: "field",
  label: plain("Field"),
  element: { action_id: "value", ...element },
  ...rest,
});
export const option = (value: string) => ({ text: plain(value), value });
export const modal = (rest: object = {}) => ({
  type: "modal",
  title: plain("Draw"),
  submit: plain("Draw"),
  blocks: [input({ type: "plain_text_input" })],
  ...rest,
});
