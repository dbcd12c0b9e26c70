import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createOrigins } from "../../../adapters/slack/wire/send/origins.ts";

const here = "http://127.0.0.1:4000/api/";

describe("the bot's token goes to Slack's file servers only, by their whole origin", () => {
  const right = [
    "https://files.slack.com/files-pri/T1-F1/a.png",
    "https://files.slack.com:443/a.png",
    "https://the-quay.slack.com/a.png",
    "https://the-quay.enterprise.slack.com/a.png",
    "https://files.slack-gov.com/a.png",
    "http://127.0.0.1:4000/a.png",
  ];
  const wrong = [
    "http://127.0.0.1:4001/a.png",
    "http://127.0.0.1/a.png",
    "https://127.0.0.1:4000/a.png",
    "http://localhost:4000/a.png",
    "http://files.slack.com/a.png",
    "https://files.slack.com:8443/a.png",
    "https://files.slack.com.evil.example/a.png",
    "https://files.slack.com@evil.example/a.png",
    "https://evil.example/https://files.slack.com/a.png",
    "https://evilslack.com/a.png",
    "https://a.b.slack.com/a.png",
    "ftp://files.slack.com/a.png",
    "file:///etc/passwd",
    "files.slack.com",
    "",
  ];
  const { keepsFiles } = createOrigins(here);
  for (const address of right) test(`to ${address}`, () => assert.ok(keepsFiles(address)));
  for (const address of wrong) test(`not to ${address}`, () => assert.ok(!keepsFiles(address)));
  test("and not to this machine, where Slack is itself", () =>
    assert.ok(!createOrigins().keepsFiles("http://127.0.0.1:4000/a.png")));
});

test("an answer goes only to where Slack takes answers", () => {
  const { takesAnswers } = createOrigins(here);
  assert.ok(takesAnswers("https://hooks.slack.com/commands/T1/2/x"));
  assert.ok(takesAnswers("http://127.0.0.1:4000/actions/T1/2"));
  for (const address of [
    "http://hooks.slack.com/x",
    "https://hooks.slack.com:444/x",
    "https://hooks.slack.com.evil.example/x",
    "http://169.254.169.254/latest/meta-data",
    "http://127.0.0.1:6379/",
  ]) {
    assert.ok(!takesAnswers(address), address);
  }
});
