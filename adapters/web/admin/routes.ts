import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { BotError } from "../../../src/seam/errors.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import type { Admin } from "../../../src/seam/watch/admin.ts";
import { streamEvents } from "../out/stream.ts";
import type { App } from "../wire/app.ts";
import type { Live } from "./live.ts";
import type { AdminAnswers } from "./messages.ts";
import { withWhere } from "./names.ts";

const ofMessage = z.object({
  message: z
    .string()
    .max(1000)
    .refine((key): key is MessageKey => key.includes(":")),
});

/** What an admin may ask for, and do. */
export function createAdminRoutes(
  { control, health, settings, nameOf }: Admin,
  { live, signedIn }: { readonly live: Live; readonly signedIn: boolean },
): App {
  const api: App = new Hono();
  const small = bodyLimit({ maxSize: 10_000 });

  api.get("/about", (c) => c.json({ signedIn } satisfies AdminAnswers["about"]));
  api.get("/now", (c) => c.json(live.now() satisfies AdminAnswers["now"]));
  api.get("/failures", async (c) => {
    const all = await control.failures();
    return c.json(all.map((failure) => withWhere(failure, nameOf)) satisfies AdminAnswers["failures"]);
  });
  api.get("/health", async (c) => c.json((await health()) satisfies AdminAnswers["health"]));
  api.get("/settings", (c) => c.json(settings() satisfies AdminAnswers["settings"]));
  api.get("/events", (c) => streamEvents(c, live));

  // By POST: it is written down that somebody has looked.
  api.post("/prompt", small, async (c) => {
    const text = await control.promptOf(await readMessage(c.req.raw));
    if (text === undefined) throw over();
    return c.json({ text } satisfies AdminAnswers["prompt"]);
  });
  api.post("/cancel", small, async (c) => {
    if (!(await control.cancel(await readMessage(c.req.raw)))) throw over();
    return c.body(null, 204);
  });
  api.post("/drain", (c) => {
    control.drain();
    return c.json(live.now());
  });
  api.post("/take", (c) => {
    control.takeAgain();
    return c.json(live.now());
  });
  return api;
}

async function readMessage(request: Request): Promise<MessageKey> {
  const { data } = ofMessage.safeParse(await request.json().catch(() => undefined));
  if (!data) throw new BotError("bad_prompt", "Say which message is meant.");
  return data.message;
}

function over(): BotError {
  return new BotError("unknown_message", "That turn is over.");
}
