import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createStandin } from "../../../src/standin/index.ts";
import { createBalancer } from "../../rig/balancer.ts";
import { freePort } from "../../rig/free-port.ts";
import { masked } from "../../rig/pictures.ts";
import { createFolder, startDrawbridge } from "../../rig/process.ts";
import { createRedis } from "../../rig/servers.ts";
import { until } from "../../rig/until.ts";
import { createSlackSimulator } from "../../simulators/slack/index.ts";
import { toFormData } from "../playground.ts";

const redis = await createRedis();
const skip = redis ? false : "Redis is not installed here";

/** Two processes on one store that Slack reaches over HTTP, one at a time, and people by a balancer. */
async function startTwo(t: TestContext) {
  await redis?.start();
  const simulator = await createSlackSimulator();
  const standin = await createStandin({ paceMs: 10, flat: true });
  t.after(async () => {
    await simulator.close();
    await standin.close();
    await redis?.remove();
  });
  const launch = async () => {
    const [port, web] = [await freePort(), await freePort()];
    const process = startDrawbridge(t, {
      ...{ STORE_URL: redis?.url ?? "", DATA_DIR: await createFolder(t), LOG_FORMAT: "json" },
      ...{ OPENAI_API_KEY: "sk-test-0123456789", OPENAI_BASE_URL: standin.url },
      ...{ PLAYGROUND: "off", PUBLIC_URL: "https://draw.example.com", PORT: String(web) },
      ...{ SLACK_BOT_TOKEN: simulator.token, SLACK_SIGNING_SECRET: simulator.signingSecret },
      ...{ SLACK_API_URL: simulator.api, SLACK_PORT: String(port) },
    });
    await until(
      () => /slack\.ready/.test(process.output()) && /web\.listening/.test(process.output()),
      async () => `it to be ready; there is ${process.output()}`,
    );
    return { ...process, slack: `http://127.0.0.1:${port}/slack/events`, web: `http://127.0.0.1:${web}` };
  };
  const [first, second] = await Promise.all([launch(), launch()]);
  const balancer = await createBalancer([first.web, second.web]);
  t.after(() => balancer.close());
  return { simulator, standin, balancer, first, second };
}

test("an area of what one process posted is painted by a page of another, and drawn once though it is sent to both", {
  skip,
}, async (t) => {
  const { simulator, standin, balancer, first, second } = await startTwo(t);
  const ada = simulator.addUser({ name: "ada" });
  const channel = simulator.addChannel({ name: "pictures" });
  const answers = () => simulator.messages(channel).filter(({ byBot, ephemeralTo }) => byBot && !ephemeralTo);
  const drawn = (count: number) =>
    until(
      () =>
        answers().filter(({ buttons }) => buttons.some(({ text }) => /redo/i.test(text))).length === count,
      async () => `${count} pictures; there is ${first.output()}${second.output()}`,
    );
  simulator.http.deliverTo(first.slack);
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a lounge with a pool`);
  await drawn(1);
  const [posted] = answers();
  const button = posted?.buttons.find(({ text }) => /edit area/i.test(text));
  simulator.press(posted ?? assert.fail(), button?.actionId ?? "", ada);
  const link = /https:\/\/draw\.example\.com(\/area\/[\w.-]+)/;
  const told = () =>
    simulator
      .messages(channel)
      .map((one) => link.exec(JSON.stringify(one))?.[1])
      .find(Boolean);
  await until(() => told() !== undefined, "the link, told to the person alone");
  const path = told() ?? "";

  balancer.serve([second.web]);
  const page = await fetch(balancer.url + path);
  assert.equal(page.status, 200);
  const picture = await fetch(`${balancer.url}${path}/picture`);
  assert.deepEqual(Buffer.from(await picture.arrayBuffer()), posted?.images[0]?.bytes);

  const mask = await masked(64, 64, { left: 16, top: 16, width: 32, height: 32 });
  const send = (url: string) => {
    const body = toFormData({
      text: "add a flamingo",
      mask: new File([Buffer.from(mask)], "mask.png", { type: "image/png" }),
    });
    return fetch(url + path, {
      ...{ method: "POST", body, headers: { "sec-fetch-site": "same-origin" } },
    });
  };
  const sent = await Promise.all([first, second].map(({ web }) => send(web)));
  assert.equal(sent.filter(({ status }) => status === 202).length, 1, second.output());
  await drawn(2);
  await first.kill("SIGTERM");
  assert.equal((await send(second.web)).status, 410, "it is spent");
  await drawn(2);
  const asked = standin.requests.filter(({ method, path }) => method === "POST" && path === "/v1/responses");
  assert.equal(asked.length, 2);
  assert.match(JSON.stringify(asked.at(-1)?.body), /"input_image_mask"/);
});
