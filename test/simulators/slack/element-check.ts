import type { Reader } from "./check.ts";
import { checkImage, type FindImage } from "./image-check.ts";
import { limits } from "./limits.ts";
import { checkChosen, checkOptions, checkSelect, optionsOf } from "./options-check.ts";
import { checkConfirm, checkText } from "./text-check.ts";

/** Where an element may stand. */
export type Place = "accessory" | "actions" | "input" | "context" | "context_actions";

interface Element {
  readonly places: readonly Place[];
  readonly fields: readonly string[];
  check?(element: Reader, find: FindImage): void;
}

const focus = ["focus_on_load"];
const picker = ["confirm", "placeholder", ...focus];
const typed = ["placeholder", "initial_value", "dispatch_action_config", ...focus];
const shown: readonly Place[] = ["accessory", "actions", "input"];

/** Every element, its places and fields. Source: @slack/types, block-elements. */
const elements: Readonly<Record<string, Element>> = {
  button: {
    places: ["accessory", "actions"],
    fields: ["text", "url", "value", "style", "confirm", "accessibility_label"],
    check(element) {
      checkText(element, "text", { max: limits.buttonText, required: true, plain: true });
      element.text("value", { max: limits.buttonValue });
      element.text("url", { max: limits.url });
      element.text("style", { oneOf: ["primary", "danger"] });
      element.text("accessibility_label", { max: limits.buttonText });
    },
  },
  image: {
    places: ["accessory", "context"],
    fields: ["alt_text", "image_url", "slack_file"],
    check: (element, find) => checkImage(element, find),
  },
  checkboxes: {
    places: shown,
    fields: ["options", "initial_options", "confirm", ...focus],
    check: (element) => checkChoices(element),
  },
  radio_buttons: {
    places: shown,
    fields: ["options", "initial_option", "confirm", ...focus],
    check: (element) => checkChoices(element),
  },
  overflow: {
    places: ["accessory", "actions"],
    fields: ["options", "confirm"],
    check: (element) => checkOptions(element, "options", { max: limits.overflow }),
  },
  static_select: {
    places: shown,
    fields: ["options", "option_groups", "initial_option", ...picker],
    check: (element) => checkSelect(element),
  },
  multi_static_select: {
    places: shown,
    fields: ["options", "option_groups", "initial_options", "max_selected_items", ...picker],
    check: (element) => checkSelect(element),
  },
  external_select: { places: shown, fields: ["initial_option", "min_query_length", ...picker] },
  users_select: { places: shown, fields: ["initial_user", ...picker] },
  multi_users_select: { places: shown, fields: ["initial_users", "max_selected_items", ...picker] },
  channels_select: { places: shown, fields: ["initial_channel", "response_url_enabled", ...picker] },
  conversations_select: {
    places: shown,
    fields: [
      "initial_conversation",
      "default_to_current_conversation",
      "response_url_enabled",
      "filter",
      ...picker,
    ],
  },
  multi_conversations_select: {
    places: shown,
    fields: ["initial_conversations", "max_selected_items", "filter", ...picker],
  },
  datepicker: { places: shown, fields: ["initial_date", ...picker] },
  timepicker: { places: shown, fields: ["initial_time", "timezone", ...picker] },
  datetimepicker: { places: ["actions", "input"], fields: ["initial_date_time", "confirm", ...focus] },
  plain_text_input: {
    places: ["input"],
    fields: ["multiline", "min_length", "max_length", ...typed],
    check(element) {
      element.flag("multiline");
      const min = element.whole("min_length", { min: 0, max: limits.input });
      const max = element.whole("max_length", { min: 1, max: limits.input });
      if (min !== undefined && max !== undefined && min > max)
        element.fail("min_length must not be greater than max_length", "min_length");
      const initial = element.text("initial_value", { max: max ?? limits.input });
      if (initial !== undefined && min !== undefined && initial.length < min)
        element.fail("initial_value is shorter than min_length", "initial_value");
    },
  },
  number_input: {
    places: ["input"],
    fields: ["is_decimal_allowed", "min_value", "max_value", ...typed],
    check(element) {
      const decimal = element.flag("is_decimal_allowed", true);
      const [min, max, initial] = ["min_value", "max_value", "initial_value"].map((key) => {
        const text = element.text(key);
        if (text === undefined) return undefined;
        const ok = decimal ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
        if (!ok.test(text)) element.fail("must be a number", key);
        return Number(text);
      });
      if (min !== undefined && max !== undefined && min > max)
        element.fail("min_value cannot be greater than max_value", "min_value");
      if (initial !== undefined && (initial < (min ?? -Infinity) || initial > (max ?? Infinity)))
        element.fail("initial_value must be between min_value and max_value", "initial_value");
    },
  },
  email_text_input: { places: ["input"], fields: typed },
  url_text_input: { places: ["input"], fields: typed },
  rich_text_input: { places: ["input"], fields: ["min_lines", "max_lines", ...typed] },
  file_input: {
    places: ["input"],
    fields: ["filetypes", "max_files"],
    check(element) {
      element.whole("max_files", { min: 1, max: limits.inputFiles });
      for (const [index, type] of (element.list("filetypes", { min: 1 }) ?? []).entries())
        if (typeof type !== "string" || !/^[a-z0-9]+$/i.test(type))
          element.fail("must be a file extension", `filetypes/${index}`);
    },
  },
  workflow_button: {
    places: ["accessory", "actions"],
    fields: ["text", "workflow", "style", "accessibility_label", "confirm"],
  },
  feedback_buttons: {
    places: ["context_actions"],
    fields: ["positive_button", "negative_button"],
    check(element) {
      for (const key of ["positive_button", "negative_button"]) {
        const button = element.object(key, true);
        if (!button) continue;
        checkText(button, "text", { max: limits.buttonText, required: true, plain: true });
        button.text("value", { required: true, min: 1, max: limits.buttonValue });
      }
    },
  },
  icon_button: {
    places: ["context_actions"],
    fields: ["icon", "text", "accessibility_label", "value", "visible_to_user_ids", "confirm"],
    check(element) {
      element.text("icon", { required: true, min: 1 });
      checkText(element, "text", { max: limits.buttonText, required: true, plain: true });
      element.text("value", { max: limits.buttonValue });
    },
  },
};

/** Checks one element at its place. */
export function checkElement(element: Reader, place: Place, find: FindImage): void {
  const type = element.text("type", { required: true });
  if (type === undefined) return;
  const known = elements[type];
  if (!known?.places.includes(place)) return void element.fail(`unsupported type: ${type}`, "type");
  if (type !== "image") element.text("action_id", { min: 1, max: limits.id });
  checkConfirm(element);
  if (known.fields.includes("placeholder"))
    checkText(element, "placeholder", { max: limits.placeholder, plain: true });
  element.flag("focus_on_load");
  known.check?.(element, find);
  element.only(["type", ...(type === "image" ? [] : ["action_id"]), ...known.fields]);
}

function checkChoices(element: Reader): void {
  checkOptions(element, "options", { max: limits.choices, plain: false });
  checkChosen(element, optionsOf(element.fields));
}
