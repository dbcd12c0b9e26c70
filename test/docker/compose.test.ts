import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { parseDockerfile } from "../../scripts/image/dockerfile.ts";
import { parseConfig } from "../../src/config.ts";

const text = readFileSync("compose.yaml", "utf8");
const { services, volumes } = parse(text, { merge: true });
const { drawbridge, second, third, balancer, redis, postgres } = services;

test("by default there is the bot alone, and it may write to its data and nothing else", () => {
  const unprofiled = Object.keys(services).filter((name) => !services[name].profiles);
  assert.deepEqual(unprofiled, ["drawbridge"]);
  assert.equal(drawbridge.read_only, true);
  assert.deepEqual(drawbridge.cap_drop, ["ALL"]);
  assert.deepEqual(drawbridge.security_opt, ["no-new-privileges:true"]);
  const folder = parseDockerfile(readFileSync("Dockerfile", "utf8")).find(
    ({ name }) => name === "VOLUME",
  )?.rest;
  assert.deepEqual(drawbridge.volumes, [`data:${folder}`]);
  for (const port of drawbridge.ports) assert.match(port, /^127\.0\.0\.1:/, "to this machine alone");
});

test("it is given longer to stop than it takes", () => {
  const { stopGraceMs } = parseConfig({});
  const seconds = Number(/^(\d+)s$/.exec(drawbridge.stop_grace_period)?.[1]);
  assert.ok(seconds * 1000 > stopGraceMs + 3500, `${seconds}`);
});

test("each other service has a profile, a major version, a volume, and says when it is healthy; the bot waits for that", () => {
  for (const [name, service] of Object.entries({ redis, postgres })) {
    assert.deepEqual(service.profiles, name === "redis" ? [name, "scale"] : [name]);
    assert.match(service.image, /^[a-z]+:\d+-alpine$/);
    assert.ok(service.healthcheck.test.length > 1);
    assert.equal(service.ports, undefined, "nobody else reaches it");
    assert.deepEqual(drawbridge.depends_on[name], { condition: "service_healthy", required: false });
  }
  const used = Object.values<{ volumes: string[] }>(services)
    .flatMap((service) => service.volumes.map((one) => one.split(":")[0]))
    .filter((name) => !name?.startsWith("."));
  assert.deepEqual(used.sort(), Object.keys(volumes).sort());
});

test("the profile of several processes has three that are alike, Redis, and a balancer that knows each of them", () => {
  const ofScale = Object.keys(services).filter((name) => services[name].profiles?.includes("scale"));
  assert.deepEqual(ofScale, ["second", "third", "balancer", "redis"]);
  const { ports: _, volumes: own, ...process } = drawbridge;
  for (const other of [second, third]) {
    const { profiles: _, volumes, ...rest } = other;
    assert.deepEqual(rest, process);
    assert.notDeepEqual(volumes, own, "a folder of its own");
  }
  assert.match(balancer.image, /^haproxy:\d+\.\d+-alpine$/);
  assert.deepEqual(balancer.cap_drop, ["ALL"]);
  for (const port of balancer.ports) assert.match(port, /^127\.0\.0\.1:/);
  const [file] = balancer.volumes[0].split(":");
  const config = readFileSync(file, "utf8");
  for (const name of ["drawbridge", "second", "third"]) {
    assert.ok(balancer.depends_on.includes(name));
    for (const port of [8080, 3000]) assert.match(config, new RegExp(`server \\S+ ${name}:${port}\\b`));
  }
  assert.match(config, /check port 9464/, "the image's HEALTH_PORT");
  assert.equal(process.environment.HEALTH_HOST, "0.0.0.0", "which it can reach");
  assert.doesNotMatch(config, /\b(cookie|stick|source)\b/, "nobody is kept to one process");
});

test("Redis is run so that the doctor has nothing to say", () => {
  assert.deepEqual(redis.command.slice(1), ["--appendonly", "yes", "--maxmemory-policy", "noeviction"]);
});

test("the addresses in its first lines are ones that are taken, and lead to its services", () => {
  const urls = [...text.matchAll(/STORE_URL=(\S+)/g)].map(([, url = ""]) => url);
  assert.equal(urls.length, 3);
  for (const url of urls) {
    assert.equal(parseConfig({ STORE_URL: url }).storeUrl, url);
    const { hostname, pathname, username } = new URL(url.replace("…", "secret"));
    assert.ok(services[hostname].profiles.includes(hostname));
    if (hostname !== "postgres") continue;
    assert.equal(pathname.slice(1), postgres.environment.POSTGRES_DB);
    assert.equal(username, postgres.environment.POSTGRES_USER);
  }
});
