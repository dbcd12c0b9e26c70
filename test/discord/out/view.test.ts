import assert from "node:assert/strict";
import { test } from "node:test";
import { ComponentType } from "discord.js";
import { toCommands } from "../../../adapters/discord/forms/commands.ts";
import { toModal } from "../../../adapters/discord/forms/forms.ts";
import { isSame } from "../../../adapters/discord/forms/register.ts";
import { toMessage } from "../../../adapters/discord/out/view.ts";
import { actions } from "../../../src/seam/actions.ts";
import { done, image, view } from "../server.ts";

const look = { spoiler: false, edit: 1 };

test("whatever a view holds, its message is within what Discord takes", async () => {
  const long = "*x* ".repeat(4000);
  const base = await done();
  const images = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => ({ ...(await image(index)), alt: index ? long : "" })),
  );
  const { body, files } = toMessage(
    {
      ...base,
      status: long,
      text: long,
      notes: [long, long],
      images,
      actions: Object.keys(actions) as never,
      ...(base.details && { details: { ...base.details, prompt: long } }),
    },
    { ...look, note: long },
  );
  const texts = body.components.flatMap((one) => (one.type === ComponentType.TextDisplay ? one.content : []));
  assert.ok(texts.join("").length <= 4000);
  assert.ok(texts.every((text) => text.length > 0));
  const [gallery] = body.components.flatMap((one) => (one.type === ComponentType.MediaGallery ? one : []));
  assert.equal(gallery?.items.length, 10);
  assert.ok(gallery?.items.every(({ description }) => description && description.length <= 1024));
  assert.equal(files.length, 10);
  assert.equal(new Set(files.map(({ name }) => name)).size, 10);
  assert.ok(files.every(({ name }) => /^[a-z0-9-]+\.png$/.test(name)));
  const rows = body.components.flatMap((one) =>
    one.type === ComponentType.ActionRow ? [one.components.length] : [],
  );
  assert.ok(rows.every((buttons) => buttons <= 5));
  assert.equal(
    rows.reduce((sum, buttons) => sum + buttons, 0),
    Object.keys(actions).length,
  );
});

test("a message is never empty, and a sketch has another name each time", async () => {
  const [only] = toMessage(view("working"), look).body.components;
  assert.equal(only?.type, ComponentType.TextDisplay);
  const sketch = view("working", { images: [await image()] });
  assert.notEqual(
    toMessage(sketch, look).files[0]?.name,
    toMessage(sketch, { ...look, edit: 2 }).files[0]?.name,
  );
  const named = view("done", { images: [await image(1, "Ünïcode & co.PNG")] });
  assert.equal(toMessage(named, look).files[0]?.name, "n-code-co.png");
});

test("the commands are within Discord's limits", () => {
  for (const command of toCommands("global")) {
    const { options = [] } = command as { options?: { description: string; choices?: object[] }[] };
    assert.ok(options.length <= 25);
    assert.ok(
      options.every(({ description, choices = [] }) => description.length <= 100 && choices.length <= 25),
    );
    assert.ok(JSON.stringify(command).length < 8000);
  }
});

test("commands count as the same with all that Discord adds, and as changed when one word is", () => {
  const wanted = toCommands("global");
  const registered = wanted.map((command, index) => ({
    default_member_permissions: null,
    ...(JSON.parse(JSON.stringify(command)) as Record<string, unknown>),
    id: `${index}`,
    version: "1",
    nsfw: false,
    dm_permission: true,
    name_localizations: null,
    ...(command.type === 3 && { description: "", options: [] }),
  }));
  assert.ok(isSame(wanted, registered));
  assert.ok(isSame(wanted, registered.toReversed()));
  assert.ok(!isSame(wanted, registered.slice(1)));
  assert.ok(!isSame(wanted, [...registered, { ...registered[0], name: "older" }]));
  assert.ok(!isSame(wanted, [{ ...registered[0], description: "Other words" }, ...registered.slice(1)]));
  const unfiltered = JSON.parse(JSON.stringify(registered).replaceAll(/,"file_types":\[[^\]]*\]/g, ""));
  assert.ok(!isSame(wanted, unfiltered), "which files may be chosen");
  assert.ok(!isSame(wanted, { message: "401: Unauthorized" }));
  const inServer = toCommands("guild");
  assert.ok(isSame(inServer, registered), "where else it may be used is not for one server's commands");
});

test("a form begins with its words and has five fields at most", () => {
  const modal = toModal(actions.rephrase.form, "f:rephrase:1:2:3:", "x".repeat(9000));
  assert.equal(modal.components.length, 5);
  assert.ok(modal.title.length <= 45);
  const [first] = modal.components;
  const value =
    first?.type === ComponentType.Label && "value" in first.component ? first.component.value : undefined;
  assert.equal(value?.length, 4000);
});
