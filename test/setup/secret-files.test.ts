import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ConfigError, parseConfig } from "../../src/config.ts";
import { readSecretFiles } from "../../src/setup/secret-files.ts";
import { secretNames } from "../../src/setup/variables.ts";
import { createFolder } from "../rig/process.ts";

test("every secret may be in a file, and a line's end behind it is left out", async (t) => {
  const folder = await createFolder(t);
  const file = join(folder, "secret");
  await writeFile(file, " a secret \r\n");
  assert.ok(secretNames.includes("OPENAI_API_KEY") && secretNames.length >= 7);
  for (const name of secretNames) {
    assert.deepEqual(readSecretFiles({ [`${name}_FILE`]: file }), {
      env: { [`${name}_FILE`]: file, [name]: "a secret" },
      problems: [],
    });
  }
  const config = parseConfig({
    DISCORD_TOKEN_FILE: file,
    OPENAI_API_KEY_FILE: ` ${file}`,
    STORE_URL_FILE: "",
  });
  assert.equal(config.discord?.token, "a secret");
  assert.equal(config.openai.apiKey, "a secret");
});

test("a file that gives no secret is said to, beside all else that is wrong", async (t) => {
  const folder = await createFolder(t);
  const [empty, book] = [join(folder, "empty"), join(folder, "book")];
  await mkdir(join(folder, "folder"));
  await writeFile(empty, "\n");
  await writeFile(book, "word ".repeat(10_000));
  const env = {
    OPENAI_API_KEY: "sk-test",
    OPENAI_API_KEY_FILE: book,
    DISCORD_TOKEN_FILE: join(folder, "none"),
    SLACK_BOT_TOKEN_FILE: join(folder, "folder"),
    SLACK_APP_TOKEN_FILE: empty,
    STORE_URL_FILE: book,
    PORT: "eighty",
  };
  assert.throws(
    () => parseConfig(env),
    (error) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(error.problems, [
        "OPENAI_API_KEY_FILE: says the same as OPENAI_API_KEY: leave one of them out",
        `DISCORD_TOKEN_FILE: ${folder}/none is not there: see where it is, or how it is mounted`,
        `SLACK_BOT_TOKEN_FILE: ${folder}/folder is a folder: name the file in it`,
        `SLACK_APP_TOKEN_FILE: ${folder}/empty is empty: write the secret into it, or leave this out`,
        `STORE_URL_FILE: ${book} is too long for a secret: is it another file?`,
        "PORT: must be a whole number from 0 to 65535",
      ]);
      return true;
    },
  );
});

test("a file that may not be read names what is missing, and what it holds is never repeated", () => {
  const denied = () => {
    throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
  };
  assert.deepEqual(readSecretFiles({ DISCORD_TOKEN_FILE: "/run/x" }, denied).problems, [
    "DISCORD_TOKEN_FILE: /run/x may not be read: give the user that runs Drawbridge the right to",
  ]);
  const short = () => "hunter2";
  const { env } = readSecretFiles({ PLAYGROUND_PASSWORD_FILE: "/run/x" }, short);
  assert.throws(
    () => parseConfig({ ...env, PLAYGROUND_PASSWORD_FILE: undefined }),
    ({ message }: Error) => /PLAYGROUND_PASSWORD: must have 8/.test(message) && !message.includes("hunter2"),
  );
});
