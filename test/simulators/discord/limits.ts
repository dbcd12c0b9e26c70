/** What Discord takes. Sources are named line by line; "docs" are discord.com/developers/docs. */
export const limits = {
  /** Edits of messages that are older than this. Discord publishes the code, 30046, and no number. */
  oldMs: 60 * 60_000,
  /** Field reports of 2022 to 2026. */
  oldEdits: { limit: 3, windowMs: 20_000 },
  /** Characters of a message from a bot. docs: resources/message, "Create Message". */
  content: 2000,
  /** docs: resources/message, "Create Message", `nonce`. */
  nonce: 25,
  /** docs: topics/opcodes-and-status-codes, 30015. */
  attachments: 10,
  /** Bytes of one file without any boost, since 2026-08; 10 MiB before. docs: reference, "Uploading Files". */
  fileBytes: 20 * 1024 * 1024,
  /** Bytes of one file by the guild's boost tier; from Discord's help pages, the docs are silent. */
  tierBytes: [20, 20, 50, 100].map((mib) => mib * 1024 * 1024),
  /** Characters of an attachment's name, title or description. docs: resources/message, "Attachment Object". */
  attachmentText: 1024,
  /** docs: components/reference, "Component Object": nested ones count. */
  components: 40,
  /** Characters of all Text Displays of a message. discord.js guide; the docs bound each alone. */
  componentText: 4000,
  /** Rows of a message without the V2 flag. docs: components/reference, "Legacy Message Component Behavior". */
  rows: 5,
  /** docs: components/reference, "Action Row". */
  rowButtons: 5,
  /** docs: components/reference, "Anatomy of a Component". */
  customId: 100,
  /** docs: components/reference, "Button Structure". */
  label: 80,
  linkUrl: 512,
  /** docs: components/reference, "Media Gallery". */
  galleryItems: 10,
  /** docs: components/reference, "Media Gallery Item Structure". */
  alt: 1024,
  mediaUrl: 2048,
  /** docs: components/reference, "Section Structure". */
  sectionTexts: 3,
  /** docs: components/reference, "String Select Structure" and "Select Option Structure". */
  selectOptions: 25,
  selectText: 100,
  selectPlaceholder: 150,
  /** docs: interactions/receiving-and-responding, "Modal". */
  modalTitle: 45,
  modalComponents: 5,
  /** docs: components/reference, "Label Structure". */
  modalLabel: 45,
  modalDescription: 100,
  /** docs: components/reference, "Text Input Structure". */
  textInput: 4000,
  inputPlaceholder: 100,
  /** docs: components/reference, "File Upload Structure". */
  uploads: 10,
  fileTypes: 10,
  /** docs: components/reference, "Radio Group Structure" and "Checkbox Group Structure". */
  groupOptions: 10,
  /** docs: resources/message, "Embed Limits". */
  embeds: 10,
  embedTitle: 256,
  embedDescription: 4096,
  embedFields: 25,
  embedFieldName: 256,
  embedFieldValue: 1024,
  embedFooter: 2048,
  embedAuthor: 256,
  embedSum: 6000,
  /** docs: interactions/application-commands. */
  commandOptions: 25,
  commandChoices: 25,
  commandDescription: 100,
  commandSum: 8000,
  choiceText: 100,
  stringOption: 6000,
  slashCommands: 100,
  /** Since 2026-03; 5 before. */
  menuCommands: 15,
  dailyCreates: 200,
  /** docs: interactions/receiving-and-responding, "Responding to an Interaction". */
  ackMs: 3000,
  tokenMs: 15 * 60_000,
  /** Follow-ups of a user install outside the bot's guilds. docs: the same page, "Followup Messages". */
  followUps: 5,
  autocomplete: 25,
  /** docs: resources/channel, "Start Thread from Message". */
  threadName: 100,
  archiveMinutes: [60, 1440, 4320, 10080],
  /** About a day; docs: reference, "Signed Attachment CDN URLs" gives no number. */
  linkMs: 24 * 60 * 60_000,
  /** Files of interactions and ephemeral messages; from library notes, Discord publishes no number. */
  ephemeralFileMs: 14 * 24 * 60 * 60_000,
  /** docs: resources/message, "Allowed Mentions Object". */
  allowedMentions: 100,
} as const;

/** Message flags that play a part here. docs: resources/message, "Message Flags". */
export const messageFlags = {
  suppressEmbeds: 1 << 2,
  hasThread: 1 << 5,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  suppressNotifications: 1 << 12,
  hasSnapshot: 1 << 14,
  componentsV2: 1 << 15,
} as const;

/** Attachment flags. docs: resources/message, "Attachment Flags". */
export const attachmentFlags = { spoiler: 1 << 3, animated: 1 << 5 } as const;

/** Gateway intents that play a part here. docs: events/gateway, "List of Intents". */
export const intents = {
  guilds: 1 << 0,
  guildMembers: 1 << 1,
  guildPresences: 1 << 8,
  guildMessages: 1 << 9,
  directMessages: 1 << 12,
  messageContent: 1 << 15,
} as const;
