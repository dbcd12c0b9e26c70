import type { TestContext } from "node:test";
import { createStandin } from "../../src/standin/index.ts";
import { askedOf } from "../rig/core.ts";
import { createFolder, startDrawbridge } from "../rig/process.ts";
import { until } from "../rig/until.ts";
import { createDiscordSimulator } from "../simulators/discord/index.ts";
import type { Channel } from "../simulators/discord/world.ts";

export type Killable = Awaited<ReturnType<typeof startKillable>>;

/** The program itself on a loopback Discord and a stand-in that both outlive it: it can be killed, and started again. */
export async function startKillable(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const simulator = await createDiscordSimulator({ portal: { messageContent: true }, ackMs: 3_600_000 });
  const guild = simulator.addGuild();
  const ada = simulator.addUser({ name: "ada" });
  simulator.join(guild, ada);
  const standin = await createStandin({ paceMs: 30, flat: true });
  const folder = await createFolder(t);

  async function start() {
    const program = startDrawbridge(t, {
      ...{ DISCORD_TOKEN: simulator.token, DISCORD_API_URL: simulator.api, DISCORD_THREADS: "off" },
      ...{ OPENAI_API_KEY: "sk-test-0123456789", OPENAI_BASE_URL: standin.url },
      ...{ DATA_DIR: folder, PLAYGROUND: "off", CONCURRENCY: "16", ...env },
    });
    await until(
      () => program.output().includes("discord.ready"),
      async () => `the bot; there is ${program.output()}`,
    );
    return program;
  }

  let program = await start();
  t.after(async () => {
    await program.kill("SIGKILL");
    await simulator.close();
    await standin.close();
  });
  const ours = (where: Channel) => simulator.messages(where).filter(({ author }) => author.bot);
  const isDone = ({ buttons }: ReturnType<typeof ours>[number]) =>
    buttons.some(({ label }) => label === "Draw again");

  return {
    simulator,
    guild,
    ada,
    standin,
    /** As `kill -9`. */
    kill: () => program.kill("SIGKILL"),
    async start() {
      program = await start();
    },
    output: () => program.output(),
    /** What is there from the bot, oldest first. */
    ours,
    /** The one message of the bot in a place, once it shows a finished picture. Fails when there is another. */
    async onlyPicture(where: Channel) {
      await until(
        () => ours(where).some(isDone),
        async () => `a picture in ${where.name}; there is ${describe(ours(where))}\n${program.output()}`,
      );
      const [first, ...more] = ours(where);
      if (!first || more.length > 0 || first.loading || first.files.length !== 1)
        throw new Error(`not one picture in ${where.name}: ${describe(ours(where))}\n${program.output()}`);
      return first;
    },
    /** The words that OpenAI was asked to draw, each as often as it was asked. */
    drawn: () =>
      askedOf(standin).map((request) => /a fox in \w+/.exec(JSON.stringify(request))?.[0] ?? "others"),
    /** Nothing is going on any more. */
    async quiet() {
      let seen = -1;
      await until(async () => {
        const count = simulator.requests.length;
        const same = count === seen;
        seen = count;
        await new Promise((resolve) => setTimeout(resolve, 300));
        return same;
      }, "everything to be over");
    },
  };
}

function describe(messages: readonly { text: string; files: readonly unknown[]; loading: boolean }[]) {
  return JSON.stringify(
    messages.map(({ text, files, loading }) => ({ text: text.slice(0, 120), files: files.length, loading })),
  );
}
