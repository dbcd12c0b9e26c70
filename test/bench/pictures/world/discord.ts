import { createDiscordSimulator } from "../../../simulators/discord/index.ts";
import type { Town } from "./words.ts";

/** A server with a channel for each who asks, by `/draw`. */
export async function createDiscordTown(places: number): Promise<Town> {
  const simulator = await createDiscordSimulator({ ackMs: 120_000 });
  const guild = simulator.addGuild();
  const people = Array.from({ length: places }, (_, index) => {
    const user = simulator.addUser({ name: `person ${index}` });
    simulator.join(guild, user);
    return { user, channel: simulator.addChannel(guild, { name: `place-${index}` }) };
  });
  const of = (place: number) => {
    const found = people[place];
    if (!found) throw new Error(`there is no place ${place}`);
    return found;
  };
  return {
    env: { DISCORD_TOKEN: simulator.token, DISCORD_API_URL: simulator.api },
    async open() {
      const isThere = () => simulator.commands().some(({ name }) => name === "draw");
      await simulator.waitFor(isThere, { what: "the command" });
    },
    async ask(place, prompt) {
      const { channel, user } = of(place);
      await (await simulator.slash(channel, user, "draw", { prompt })).acknowledged();
    },
    shown: (place) =>
      [...of(place).channel.messages.values()].flatMap(({ body }) =>
        body.files.map(({ id, bytes, width, height }) => ({ id, bytes: bytes.length, width, height })),
      ),
    waitFor: simulator.waitFor,
  };
}
