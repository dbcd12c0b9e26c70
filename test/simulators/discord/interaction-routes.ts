import type { Interactions } from "./interactions.ts";
import type { Call, Route } from "./route.ts";
import type { Wire } from "./wire.ts";

/** The routes that answer interactions; the token in the path is the only key. */
export function createInteractionRoutes(parts: { wire: Wire; interactions: Interactions }): readonly Route[] {
  const { wire, interactions } = parts;
  const whole = { content: true, whole: true };
  const at = (call: Call): [string, string, string] => [
    call.param("application"),
    call.param("token"),
    call.param("message"),
  ];
  return [
    {
      name: "POST /interactions/:interaction/:token/callback",
      open: true,
      unlimited: true,
      async run(call) {
        const response = await interactions.acknowledge(call.param("interaction"), call.param("token"), call);
        return call.query.get("with_response") === "true" ? response : undefined;
      },
    },
    {
      name: "POST /webhooks/:application/:token",
      open: true,
      run: async (call) =>
        wire.message(
          await interactions.followUp(call.param("application"), call.param("token"), call),
          whole,
        ),
    },
    {
      name: "GET /webhooks/:application/:token/messages/:message",
      open: true,
      run: (call) => wire.message(interactions.message(...at(call)), whole),
    },
    {
      name: "PATCH /webhooks/:application/:token/messages/:message",
      open: true,
      run: async (call) => wire.message(await interactions.editMessage(...at(call), call), whole),
    },
    {
      name: "DELETE /webhooks/:application/:token/messages/:message",
      open: true,
      run(call) {
        interactions.deleteMessage(...at(call));
        return undefined;
      },
    },
  ];
}
