import { createSlackAdapter } from "../../adapters/slack/index.ts";
import { parseButtonId, parseMessageKey } from "../../adapters/slack/wire/keys.ts";
import { createLog } from "../../src/seam/log.ts";
import { nobodyBeside, nobodyModerates } from "../contract/beside.ts";
import { adapterContract } from "../contract/contract.ts";
import type { Platform, Seen } from "../contract/platform.ts";
import { freePort } from "../rig/free-port.ts";
import { createSlackSimulator, type SlackSimulator } from "../simulators/slack/index.ts";

type Shown = ReturnType<SlackSimulator["messages"]>[number];

/** Slack as a member of a workspace uses it: mentions, /draw where fields are needed, the shortcut to answer a picture. */
async function simulate(
  kind: "channel" | "thread" | "direct" | "agent",
  mode: "socket" | "http",
): Promise<Platform> {
  const isAlone = kind === "direct" || kind === "agent";
  const simulator = await createSlackSimulator({ app: kind === "agent" ? "agent" : "assistant" });
  const ada = simulator.addUser({ name: "ada" });
  const mo = simulator.addUser({ name: "mo", admin: true });
  const channel = isAlone ? simulator.dm(ada) : simulator.addChannel({ name: "pictures" });
  const root = kind === "thread" && (await simulator.say(channel, mo, "Shall we draw something?"));
  const inThread = root ? { threadTs: root.ts } : {};
  const bots = () => simulator.messages(channel, ada).filter(({ byBot }) => byBot);
  const port = mode === "http" ? await freePort() : 0;
  if (mode === "http") simulator.http.deliverTo(`http://127.0.0.1:${port}/slack/events`);

  return {
    connect: () =>
      createSlackAdapter({
        botToken: simulator.token,
        apiUrl: simulator.api,
        mode:
          mode === "socket"
            ? { kind: "socket", appToken: simulator.appToken }
            : {
                kind: "http",
                signingSecret: simulator.signingSecret,
                host: "127.0.0.1",
                port,
                path: "/slack/events",
              },
        painter: { name: "the offline stand-in", standIn: true },
        log: createLog("silent"),
        timing: { paceMs: 50, pollMs: 10, retryMs: [20, 50, 100] }, // the stand-in draws in half a second
      }),
    person: {
      async say(text, { files = [], options, replyTo } = {}) {
        const masks = files.filter(({ mask }) => mask);
        const pictures = files.filter(({ mask }) => !mask);
        // What the bot says of itself is answered in its thread, without a mention.
        if (!options && masks.length === 0 && replyTo?.pictures.length === 0) {
          const { ts } = toRef(replyTo);
          const threadTs = simulator.message(toRef(replyTo))?.threadTs ?? ts;
          await simulator.say(channel, ada, text, { threadTs, files: pictures });
          return;
        }
        if (!options && masks.length === 0 && !replyTo) {
          await simulator.say(channel, ada, text, {
            ...{ ...inThread, mention: !isAlone, files: pictures },
          });
          return;
        }
        const doing = replyTo
          ? simulator.messageShortcut("edit_picture", toRef(replyTo), ada)
          : simulator.slash(channel, ada, "/draw");
        const given = Object.entries(options ?? {}).map(([name, value]) => [`option:${name}`, String(value)]);
        const { id, blocks } = await simulator.waitFor(() => {
          const offers = options?.style === undefined || hasField(doing.view?.blocks, "option:style");
          return offers ? doing.view : undefined; // the styles may come later
        });
        const isOffered = JSON.stringify(blocks).includes(`"value":"${options?.size}"`);
        await simulator.submitView(
          { id },
          {
            prompt: text,
            ...Object.fromEntries(
              given.map(([name, value]) => [name === "option:size" && !isOffered ? "own-size" : name, value]),
            ),
            ...(pictures.length > 0 && { pictures }),
            ...(masks.length > 0 && { mask: masks }),
          },
        );
      },
      async press(seen, action, input) {
        const doing = simulator.press(toRef(seen), `a:${action}`, ada);
        await doing.acknowledged();
        if (!input) return;
        const { id } = await simulator.waitFor(() => doing.view);
        await simulator.submitView({ id }, { prompt: input.text });
      },
      ...(root && {
        beside: async (file) => void (await simulator.say(channel, mo, "", { ...inThread, files: [file] })),
      }),
      look: async () =>
        bots()
          .filter(({ ephemeralTo }) => !ephemeralTo)
          .map(toSeen),
      told: async () =>
        bots()
          .filter(({ ephemeralTo }) => ephemeralTo === ada.id)
          .map(({ text }) => text),
      whispered: async () => bots().flatMap((one) => (one.ephemeralTo === ada.id ? [toSeen(one)] : [])),
      mentioned: async () => bots().flatMap(({ pings }) => pings.map((ping) => JSON.stringify(ping))),
    },
    ruled: {
      place: { channel: `slack:channel:${channel.id}`, community: `slack:team:${simulator.teamId}` },
      userId: `slack:${ada.id}`,
      approve: async (seen) => void (await simulator.press(toRef(seen), "a:approve", mo).acknowledged()),
    },
    close: () => simulator.close(),
  };
}

function toRef({ key }: Seen): { channel: string; ts: string } {
  const spot = parseMessageKey(key);
  if (!spot || !("ts" in spot)) throw new Error(`no message of Slack's: ${key}`);
  return { channel: spot.channelId, ts: spot.ts };
}

function hasField(blocks: unknown, actionId: string): boolean {
  return JSON.stringify(blocks ?? []).includes(`"action_id":"${actionId}"`);
}

function toSeen({ channel, ts, text, images, files, buttons }: Shown): Seen {
  return {
    key: `slack:${channel}:${ts}`,
    text,
    pictures: images.flatMap(({ bytes, alt }) => (bytes ? [{ bytes, alt }] : [])),
    files: files.map(({ name, bytes }) => ({ name, bytes })),
    buttons: buttons.flatMap(({ actionId }) => parseButtonId(actionId) ?? []),
    labels: buttons.map(({ text }) => text),
  };
}

adapterContract({
  name: "slack, in a channel",
  simulate: () => simulate("channel", "socket"),
  lacks: { ...nobodyBeside },
});
adapterContract({ name: "slack, in a thread", simulate: () => simulate("thread", "socket"), lacks: {} });
adapterContract({
  name: "slack, in direct messages",
  simulate: () => simulate("direct", "socket"),
  lacks: { ...nobodyBeside, ...nobodyModerates },
});
adapterContract({
  name: "slack, with the agent",
  simulate: () => simulate("agent", "socket"),
  lacks: { ...nobodyBeside, ...nobodyModerates },
});
adapterContract({
  name: "slack, over HTTP",
  simulate: () => simulate("channel", "http"),
  lacks: { ...nobodyBeside },
});
