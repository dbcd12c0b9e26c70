import { refuse } from "./api-error.ts";
import { createForm } from "./form.ts";
import { limits } from "./limits.ts";
import { openChannel } from "./message-routes.ts";
import { may } from "./permissions.ts";
import type { Call, Route } from "./route.ts";
import type { Scene } from "./scene.ts";
import type { Wire } from "./wire.ts";
import { type Channel, channelTypes, isThread, type Message, type World } from "./world.ts";

/** The routes of channels, threads and direct conversations. docs: resources/channel and resources/user. */
export function createChannelRoutes(parts: {
  world: World;
  wire: Wire;
  scene: Scene;
  strict: boolean;
}): readonly Route[] {
  const { world, wire, scene, strict } = parts;
  const channelAt = (call: Call) => openChannel(world, call.param("channel"));

  function parseThread(call: Call): { name: string; archiveMinutes?: number; type?: number } {
    const form = createForm(strict);
    const reader = form.read(call.body, []);
    reader?.only(["name", "auto_archive_duration", "type", "invitable", "rate_limit_per_user"]);
    const name = reader?.text("name", { min: 1, max: limits.threadName, required: true }) ?? "";
    const archiveMinutes = reader?.whole("auto_archive_duration", { oneOf: limits.archiveMinutes });
    const type = reader?.whole("type", { oneOf: [10, 11, 12] });
    form.check();
    return { name, ...(archiveMinutes ? { archiveMinutes } : {}), ...(type ? { type } : {}) };
  }

  function start(channel: Channel, call: Call, from?: Message): object {
    if (channel.type !== channelTypes.text && channel.type !== channelTypes.news)
      throw refuse("wrongChannelType");
    const { name, archiveMinutes = 4320, type } = parseThread(call);
    // Without a type a thread that no message starts is private. docs: resources/channel, "Start Thread without Message".
    const isPublic = from !== undefined || type === channelTypes.publicThread;
    if (!may(channel, world.bot, isPublic ? "CREATE_PUBLIC_THREADS" : "CREATE_PRIVATE_THREADS"))
      throw refuse("missingPermissions");
    if (from?.threadId) throw refuse("threadExists");
    const thread = scene.addThread(channel, {
      name,
      archiveMinutes,
      isPrivate: !isPublic,
      ownerId: world.bot.id,
      ...(from ? { from } : {}),
    });
    return wire.channel(thread);
  }

  return [
    { name: "GET /channels/:channel", run: (call) => wire.channel(channelAt(call)) },
    {
      name: "PATCH /channels/:channel",
      run(call) {
        const channel = channelAt(call);
        const form = createForm(strict);
        const reader = form.read(call.body, []);
        const name = reader?.text("name", { min: 1, max: limits.threadName });
        const [archived, locked] = [reader?.flag("archived"), reader?.flag("locked")];
        const archiveMinutes = reader?.whole("auto_archive_duration", { oneOf: limits.archiveMinutes });
        form.check();
        const own = isThread(channel) && channel.ownerId === world.bot.id && locked === undefined;
        if (!own && !may(channel, world.bot, isThread(channel) ? "MANAGE_THREADS" : "MANAGE_CHANNELS"))
          throw refuse("missingPermissions");
        if (channel.archived && archived !== false) throw refuse("archived");
        scene.changeChannel(channel, {
          ...(name ? { name } : {}),
          ...(archived === undefined ? {} : { archived }),
          ...(locked === undefined ? {} : { locked }),
          ...(archiveMinutes ? { archiveMinutes } : {}),
        });
        return wire.channel(channel);
      },
    },
    {
      name: "DELETE /channels/:channel",
      run(call) {
        const channel = channelAt(call);
        if (
          channel.guild &&
          !may(channel, world.bot, isThread(channel) ? "MANAGE_THREADS" : "MANAGE_CHANNELS")
        )
          throw refuse("missingPermissions");
        const shown = wire.channel(channel);
        scene.removeChannel(channel);
        return shown;
      },
    },
    {
      name: "POST /channels/:channel/messages/:message/threads",
      run(call) {
        const channel = channelAt(call);
        const message = channel.messages.get(call.param("message"));
        if (!message || message.ephemeralTo) throw refuse("unknownMessage");
        return start(channel, call, message);
      },
    },
    { name: "POST /channels/:channel/threads", run: (call) => start(channelAt(call), call) },
    {
      name: "PUT /channels/:channel/thread-members/@me",
      run(call) {
        const channel = channelAt(call);
        if (!isThread(channel)) throw refuse("wrongChannelType");
        if (channel.archived) throw refuse("archived");
        return undefined;
      },
    },
    {
      name: "POST /users/@me/channels",
      run(call) {
        const form = createForm(strict);
        const id = form.read(call.body, [])?.text("recipient_id", { required: true });
        form.check();
        const user = world.users.get(id ?? "");
        if (!user) throw refuse("unknownUser");
        if (user === world.bot) throw refuse("closedDms");
        return wire.channel(scene.dm(user));
      },
    },
  ];
}
