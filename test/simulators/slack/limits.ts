/** What Slack takes. Sources are named line by line; "docs" are docs.slack.dev, "types" is @slack/types. */
export const limits = {
  /** Time for the first answer to an event or interaction. docs: apis/events-api; interactivity/handling-user-interaction. */
  ackMs: 3000,
  /** docs: interactivity/handling-user-interaction, "trigger_id". */
  triggerMs: 3000,
  /** When an unacknowledged event comes again. docs: apis/events-api, "Retries": at once, after a minute, after five. */
  retryMs: [0, 60_000, 300_000],
  /** docs: interactivity/handling-user-interaction, "response_url": five times within half an hour. */
  responseUses: 5,
  responseMs: 30 * 60_000,
  /** Characters of a message; the rest is cut off. docs: reference/methods/chat.postMessage, "Truncating content". */
  text: 40_000,
  /** docs: reference/methods/chat.update, `msg_too_long`. */
  updateText: 4000,
  /** docs: reference/methods/chat.postMessage, `markdown_text`; types, MarkdownBlock. */
  markdown: 12_000,
  /** Characters of all blocks together; the docs are silent, bolt-js issue 2509 measured it. */
  blockText: 13_200,
  /** docs: reference/block-kit/blocks. */
  messageBlocks: 50,
  /** types, BaseView. */
  viewBlocks: 100,
  /** types, Block and Action. */
  id: 255,
  /** types, SectionBlock. */
  sectionText: 3000,
  sectionFields: 10,
  fieldText: 2000,
  /** types, HeaderBlock. */
  header: 150,
  /** types, ImageBlock. */
  alt: 2000,
  imageTitle: 2000,
  /** docs: reference/block-kit/blocks/image-block, `image_url`. */
  imageUrl: 3000,
  /** types, ActionsBlock. */
  actions: 25,
  /** types, ContextBlock. */
  context: 10,
  /** types, ContextActionsBlock. */
  contextActions: 5,
  /** types, InputBlock. */
  label: 2000,
  /** types, Button. */
  buttonText: 75,
  buttonValue: 2000,
  url: 3000,
  /** types, Option: text, description. docs: reference/block-kit/composition-objects/option-object: value 150. */
  optionText: 75,
  optionValue: 150,
  /** types, StaticSelect. */
  selectOptions: 100,
  /** types, Checkboxes and RadioButtons. */
  choices: 10,
  /** types, Overflow. */
  overflow: 5,
  /** types, Placeholdable. */
  placeholder: 150,
  /** types, PlainTextInput. */
  input: 3000,
  /** types, FileInput. */
  inputFiles: 10,
  /** types, Confirm. */
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
  /** types, ModalView. */
  viewTitle: 24,
  metadata: 3000,
  /** docs: reference/methods/views.open, `view_too_large`. */
  viewBytes: 250_000,
  /** docs: reference/methods/views.push, `push_limit_reached`. */
  viewStack: 3,
  /** docs: reference/methods/files.getUploadURLExternal, `alt_txt`. */
  fileAlt: 1000,
  /** docs: messaging/working-with-files: one gigabyte. */
  fileBytes: 1_000_000_000,
  /** docs: reference/methods/assistant.threads.setSuggestedPrompts. */
  prompts: 4,
  /** docs: reference/methods/assistant.threads.setStatus: cleared after two minutes, ten messages to turn through. */
  statusMs: 120_000,
  loadingMessages: 10,
  /** @slack/web-api, AgentsSessionsSetStatusArguments. */
  sessionTitle: 200,
  /** `processing` ends by itself after an hour: quoted in NousResearch/hermes-agent issue 90978. */
  processingMs: 3_600_000,
  /** A stream ends by itself after about five minutes; seen by authors of apps, the docs are silent. */
  streamMs: 300_000,
} as const;
