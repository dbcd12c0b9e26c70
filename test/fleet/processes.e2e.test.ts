import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { createStandin } from "../../src/standin/index.ts";
import { freePort } from "../rig/free-port.ts";
import { createFolder, type Drawbridge, startDrawbridge } from "../rig/process.ts";
import { type Server, serverKinds } from "../rig/servers.ts";
import { until } from "../rig/until.ts";
import { createSlackSimulator } from "../simulators/slack/index.ts";

/** Two processes on one store, each of which Slack can reach over HTTP. */
async function startTwo(t: TestContext, server: Server) {
  await server.start();
  const simulator = await createSlackSimulator();
  const standin = await createStandin({ paceMs: 30, flat: true });
  const ada = simulator.addUser({ name: "ada" });
  const channel = simulator.addChannel({ name: "pictures" });
  t.after(async () => {
    await simulator.close();
    await standin.close();
    await server.remove();
  });

  async function launch(): Promise<Drawbridge & { readonly address: string }> {
    const port = await freePort();
    const bot = startDrawbridge(t, {
      ...{ PLAYGROUND: "off", STORE_URL: server.url, DATA_DIR: await createFolder(t) },
      ...{ OPENAI_API_KEY: "sk-test-0123456789", OPENAI_BASE_URL: standin.url, LOG_FORMAT: "json" },
      ...{ SLACK_BOT_TOKEN: simulator.token, SLACK_SIGNING_SECRET: simulator.signingSecret },
      ...{ SLACK_API_URL: simulator.api, SLACK_PORT: String(port) },
    });
    await until(
      () => bot.output().includes("slack.ready"),
      async () => `it to be ready; there is ${bot.output()}`,
    );
    return { ...bot, address: `http://127.0.0.1:${port}/slack/events` };
  }

  const [first, second] = await Promise.all([launch(), launch()]);
  const answers = () => simulator.messages(channel).filter(({ byBot }) => byBot);
  return {
    ...{ simulator, standin, server, first, second, answers, ada },
    /** From now on Slack brings everything to that process. */
    turnTo: ({ address }: { readonly address: string }) => simulator.http.deliverTo(address),
    ask: (words: string) => simulator.say(channel, ada, `<@${simulator.bot.id}> ${words}`),
    /** OpenAI says nothing more by a connection that has brought a sketch. */
    hold: () => standin.fault({ kind: "stall", after: "response.image_generation_call.partial_image" }),
    asked: () =>
      standin.requests.filter(({ method, path }) => method === "POST" && path === "/v1/responses").length,
    sketched: (count: number) =>
      until(
        () => (answers()[count - 1]?.images.length ?? 0) > 0,
        async () => `a sketch; there is ${JSON.stringify(answers())} ${first.output()}`,
      ),
    finished: (count: number) =>
      until(
        () =>
          answers().filter(({ buttons }) => buttons.some(({ text }) => /redo/i.test(text))).length === count,
        async () => `the picture; there is ${JSON.stringify(answers())} ${second.output()}`,
      ),
  };
}

for (const { kind, create, skip } of serverKinds) {
  describe(`two processes on ${kind}`, { skip }, () => {
    test("draw for whoever asks either of them, and one goes on with what the other was killed at", async (t) => {
      const one = await create();
      const two = await startTwo(t, one ?? assert.fail());
      two.turnTo(two.second);
      await two.ask("a bear");
      await two.finished(1);

      two.hold();
      two.turnTo(two.first);
      await two.ask("a fox");
      await two.sketched(2);
      await two.first.kill("SIGKILL");
      two.turnTo(two.second);
      await two.finished(2);
      assert.equal(two.answers().length, 2, "one answer for each");
      assert.equal(two.asked(), 2, "what OpenAI was at is gone on with");
    });

    test("do not go on with what was cancelled while nobody saw to it", async (t) => {
      const one = await create();
      const two = await startTwo(t, one ?? assert.fail());
      two.hold();
      two.turnTo(two.first);
      await two.ask("a fox");
      await two.sketched(1);
      await two.first.kill("SIGKILL");
      two.turnTo(two.second);
      const [seen] = two.answers();
      two.simulator.press(seen ?? assert.fail(), "a:cancel", two.ada);
      await until(
        () => /cancelled/i.test(JSON.stringify(two.answers()[0])),
        async () => `it to be cancelled; there is ${JSON.stringify(two.answers())} ${two.second.output()}`,
      );
      assert.ok(!two.second.output().includes("turn.done"));
    });

    test("go on with the line when the one that conducts is stopped for longer than its lease, and when it wakes", async (t) => {
      const one = await create();
      const two = await startTwo(t, one ?? assert.fail());
      const conducts = ({ output }: { output(): string }) => output().includes("lanes.begun");
      await until(() => conducts(two.first) || conducts(two.second), "one to conduct");
      const [conductor, other] = conducts(two.first) ? [two.first, two.second] : [two.second, two.first];
      const stall = two.hold();
      two.turnTo(other);
      await two.ask("a fox");
      await two.sketched(1);
      conductor.signal("SIGSTOP");
      await two.ask("a hen");
      await two.finished(1);
      stall.release();
      await two.finished(2);
      assert.ok(conducts(other));
      conductor.signal("SIGCONT");
      two.turnTo(conductor);
      await two.ask("an owl");
      await two.finished(3);
      assert.equal(two.answers().length, 3, JSON.stringify(two.answers()));
    });

    test("show nothing that another would not know of: it waits for the server to be back", async (t) => {
      const one = await create();
      const two = await startTwo(t, one ?? assert.fail());
      const stall = two.hold();
      two.turnTo(two.first);
      await two.ask("a fox");
      await two.sketched(1);
      await two.server.stop();
      stall.release();
      const tries = () => two.first.output().split('"store.failed"').length - 1;
      await until(
        () => tries() >= 3,
        async () => `it to try; there is ${two.first.output()}`,
      );
      const isEnded = two
        .answers()
        .some(({ buttons }) => buttons.some(({ text }) => /redo|again/i.test(text)));
      assert.ok(!isEnded, JSON.stringify(two.answers()));
      await two.server.start();
      await two.finished(1);
    });

    test("take nothing back when one wakes up that was stopped for longer than its lease", async (t) => {
      const one = await create();
      const two = await startTwo(t, one ?? assert.fail());
      two.hold();
      two.turnTo(two.first);
      await two.ask("a fox");
      await two.sketched(1);
      two.first.signal("SIGSTOP");
      two.turnTo(two.second);
      await two.finished(1);
      const shown = two.answers();
      two.first.signal("SIGCONT");
      await until(
        () => two.first.output().includes("fleet.lost"),
        async () => `it to notice; there is ${two.first.output()}`,
      );
      await two.first.kill("SIGTERM");
      assert.deepEqual(two.answers(), shown, "as it was shown");
    });
  });
}
