import { createSlackSimulator } from "../../../simulators/slack/index.ts";
import type { Message, StoredFile } from "../../../simulators/slack/world.ts";
import type { Town } from "./words.ts";

/** A workspace with a channel for each who asks, by naming the bot. Files are ready at once, and no tier is in the way. */
export async function createSlackTown(places: number): Promise<Town> {
  const simulator = await createSlackSimulator({ fileDelayMs: 0, ackMs: 120_000, rateLeniency: 1e6 });
  const people = Array.from({ length: places }, (_, index) => {
    const user = simulator.addUser({ name: `person ${index}` });
    return { user, channel: simulator.addChannel({ name: `place-${index}`, members: [user] }) };
  });
  const of = (place: number) => {
    const found = people[place];
    if (!found) throw new Error(`there is no place ${place}`);
    return found;
  };
  const files = new Map<string, StoredFile>();
  const filesOf = (id: string): readonly StoredFile[] => {
    if (!files.has(id)) for (const file of simulator.files()) files.set(file.id, file);
    const found = files.get(id);
    return found ? [found] : [];
  };
  return {
    env: {
      ...{ SLACK_BOT_TOKEN: simulator.token, SLACK_APP_TOKEN: simulator.appToken },
      SLACK_API_URL: simulator.api,
    },
    open: async () => {},
    async ask(place, words) {
      const { channel, user } = of(place);
      await (await simulator.say(channel, user, words, { mention: true })).delivered();
    },
    shown: (place) =>
      [...of(place).channel.messages.values()].flatMap((message) =>
        [...message.files, ...inBlocks(message).flatMap(filesOf)].map(({ id, bytes, width, height }) => ({
          ...{ id, bytes: bytes.length, width, height },
        })),
      ),
    waitFor: simulator.waitFor,
  };
}

/** Ids of the files that a message's blocks show. */
function inBlocks({ blocks }: Message): readonly string[] {
  return blocks.flatMap(({ type, slack_file: file }) => {
    const id = file && typeof file === "object" && "id" in file ? file.id : undefined;
    return type === "image" && typeof id === "string" ? [id] : [];
  });
}
