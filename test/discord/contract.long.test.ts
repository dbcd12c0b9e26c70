import { createDiscordAdapter } from "../../adapters/discord/index.ts";
import { parseButtonId } from "../../adapters/discord/wire/keys.ts";
import { createLeases } from "../../src/fleet/embedded/leases.ts";
import type { ActionName } from "../../src/seam/actions.ts";
import { createLog } from "../../src/seam/log.ts";
import { nobodyBeside, nobodyModerates } from "../contract/beside.ts";
import { adapterContract } from "../contract/contract.ts";
import type { Platform, Seen } from "../contract/platform.ts";
import { createDiscordSimulator } from "../simulators/discord/index.ts";

type Shown = ReturnType<Awaited<ReturnType<typeof createDiscordSimulator>>["messages"]>[number];

/** Discord as a member of a server uses it: mentions and replies, /draw where fields are needed, buttons and forms. */
async function simulate(kind: "channel" | "thread" | "direct"): Promise<Platform> {
  const simulator = await createDiscordSimulator({ portal: { messageContent: kind === "thread" } });
  const guild = simulator.addGuild();
  const ada = simulator.addUser({ name: "ada" });
  const mo = simulator.addUser({ name: "mo" });
  simulator.join(guild, ada);
  simulator.join(guild, mo, { permissions: ["MANAGE_MESSAGES"] });
  const room = () => simulator.addChannel(guild);
  const thread = () => simulator.addThread(room(), { name: "pictures", ownerId: ada.id });
  const channel = { channel: room, thread, direct: () => simulator.dm(ada) }[kind]();
  const bots = () => simulator.messages(channel, ada).filter(({ author }) => author.bot);

  return {
    connect: () =>
      createDiscordAdapter({
        leases: createLeases(createLog("silent")),
        identifyMs: 0,
        token: simulator.token,
        apiUrl: simulator.api,
        threads: "off",
        painter: { name: "the offline stand-in", standIn: true },
        log: createLog("silent"),
        paceMs: 50, // the stand-in draws in half a second
      }),
    person: {
      async say(text, { files = [], options, replyTo } = {}) {
        const masks = files.filter(({ mask }) => mask);
        const pictures = files.filter(({ mask }) => !mask);
        if (!options && masks.length === 0) {
          const words = kind === "direct" ? text : `<@${simulator.bot.id}> ${text}`;
          await simulator.say(channel, ada, words, {
            files: pictures,
            ...(replyTo && { replyTo: toId(replyTo) }),
          });
          return;
        }
        const doing = await simulator.slash(channel, ada, "draw", {
          prompt: text,
          ...options,
          ...Object.fromEntries(pictures.map((file, index) => [index ? `image${index + 1}` : "image", file])),
          ...(masks[0] && { mask: masks[0] }),
        });
        await doing.acknowledged();
      },
      async press(seen, action, input) {
        const button = simulator
          .message(toId(seen))
          ?.buttons.find(({ customId }) => toAction(customId) === action);
        const doing = simulator.press(toId(seen), button?.customId ?? `no ${action}`, ada);
        await doing.acknowledged();
        if (input) await simulator.submit(doing, { prompt: input.text });
      },
      ...(kind === "thread" && {
        beside: async (file) => void (await simulator.say(channel, mo, "", { files: [file] })),
      }),
      look: async () =>
        bots()
          .filter(({ ephemeralTo }) => !ephemeralTo)
          .map(toSeen),
      told: async () =>
        bots()
          .filter(({ ephemeralTo }) => ephemeralTo === ada.id)
          .map(({ text }) => text),
      mentioned: async () => bots().flatMap(({ pings }) => pings.map((ping) => JSON.stringify(ping))),
    },
    ruled: {
      place: { channel: `discord:channel:${channel.id}`, community: `discord:guild:${guild.id}` },
      userId: `discord:${ada.id}`,
      async approve(seen) {
        const buttons = simulator.message(toId(seen))?.buttons ?? [];
        const approve = buttons.find(({ customId }) => toAction(customId) === "approve");
        await simulator.press(toId(seen), approve?.customId ?? "no approve", mo).acknowledged();
      },
    },
    close: () => simulator.close(),
  };
}

function toId({ key }: Seen): string {
  return key.split(":")[2] ?? "";
}

function toAction(customId: string | undefined): ActionName | undefined {
  return parseButtonId(customId ?? "")?.action;
}

function toSeen({ id, channelId, text, files, downloads, buttons }: Shown): Seen {
  return {
    key: `discord:${channelId}:${id}`,
    text,
    pictures: files.map(({ bytes, alt = "" }) => ({ bytes, alt })),
    files: downloads,
    buttons: buttons.flatMap(({ customId }) => toAction(customId) ?? []),
    labels: buttons.map(({ label }) => label ?? ""),
  };
}

adapterContract({
  name: "discord, in a channel",
  simulate: () => simulate("channel"),
  lacks: { ...nobodyBeside },
});
adapterContract({ name: "discord, in a thread", simulate: () => simulate("thread"), lacks: {} });
adapterContract({
  name: "discord, in direct messages",
  simulate: () => simulate("direct"),
  lacks: { ...nobodyBeside, ...nobodyModerates },
});
