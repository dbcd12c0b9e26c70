import { toFileName } from "./cdn.ts";
import { checkType, componentTypes } from "./component-types.ts";
import { type Fields, type Form, isFields, lengthOf, type Path, type Reader } from "./form.ts";
import { limits } from "./limits.ts";
import { checkSelect } from "./selects.ts";

const {
  row,
  button,
  stringSelect,
  userSelect,
  roleSelect,
  mentionableSelect,
  channelSelect,
  section,
  text,
  thumbnail,
  gallery,
  file,
  separator,
  container,
} = componentTypes;
const selects: readonly number[] = [stringSelect, userSelect, roleSelect, mentionableSelect, channelSelect];
const inRow: readonly number[] = [button, ...selects];
const inContainer: readonly number[] = [row, section, text, gallery, file, separator];

/** Checks a message's components and returns them as Discord keeps them: every one with an id, file names cleaned. */
export function checkComponents(
  form: Form,
  list: readonly unknown[],
  message: { readonly v2: boolean; readonly files: ReadonlySet<string> },
): readonly Fields[] {
  const { v2, files } = message;
  const customIds = new Set<string>();
  let count = 0;
  let characters = 0;

  const checks: Readonly<Record<number, (reader: Reader) => void>> = {
    [row]: checkRow,
    [button]: checkButton,
    [section](reader) {
      reader.only(["type", "id", "components", "accessory"]);
      checkAll(reader, [text], limits.sectionTexts);
      if (reader.has("accessory"))
        check(reader.fields.accessory, [...reader.path, "accessory"], [button, thumbnail]);
      else reader.fail("accessory", "BASE_TYPE_REQUIRED", "This field is required");
    },
    [text](reader) {
      reader.only(["type", "id", "content"]);
      const content = reader.text("content", { min: 1, max: limits.componentText, required: true });
      characters += lengthOf(content ?? "");
    },
    [thumbnail](reader) {
      reader.only(["type", "id", "media", "description", "spoiler"]);
      checkMedia(reader, "media");
    },
    [gallery](reader) {
      reader.only(["type", "id", "items"]);
      const items = reader.list("items", { min: 1, max: limits.galleryItems, required: true }) ?? [];
      for (const [index, item] of items.entries()) {
        const entry = form.read(item, [...reader.path, "items", index]);
        entry?.only(["media", "description", "spoiler"]);
        if (entry) checkMedia(entry, "media");
      }
    },
    [file](reader) {
      reader.only(["type", "id", "file", "spoiler", "name", "size"]);
      checkMedia(reader, "file");
    },
    [separator](reader) {
      reader.only(["type", "id", "divider", "spacing"]);
      reader.flag("divider");
      reader.whole("spacing", { oneOf: [1, 2] });
    },
    [container](reader) {
      reader.only(["type", "id", "components", "accent_color", "spoiler"]);
      reader.whole("accent_color", { min: 0, max: 0xffffff });
      reader.flag("spoiler");
      checkAll(reader, inContainer);
    },
    ...Object.fromEntries(
      selects.map((type) => [type, (reader: Reader) => checkCustomId(checkSelect(form, reader), reader)]),
    ),
  };

  const top = v2 ? [...inContainer, container] : [row];
  if (!v2 && list.length > limits.rows)
    form.add(["components"], "BASE_TYPE_BAD_LENGTH", `Must be between 1 and ${limits.rows} in length.`);
  list.forEach((item, index) => {
    check(item, ["components", index], top);
  });
  if (count > limits.components) {
    form.add(
      ["components"],
      "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
      `The maximum number of total components has been exceeded (${limits.components})`,
    );
  }
  if (characters > limits.componentText) {
    form.add(
      ["components"],
      "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
      `Total displayable text size exceeds maximum (${limits.componentText})`,
    );
  }
  let id = 0;
  return list.filter(isFields).map((item) => keep(item, () => ++id));

  function check(item: unknown, path: Path, allowed: readonly number[]): void {
    const reader = form.read(item, path);
    if (!reader) return;
    count += 1;
    const type = checkType(form, reader, allowed);
    if (type === undefined) return;
    reader.whole("id", { min: 0, max: 2 ** 31 - 1 });
    checks[type]?.(reader);
  }

  function checkAll(reader: Reader, allowed: readonly number[], max = Infinity): readonly unknown[] {
    const children = reader.list("components", { min: 1, max, required: true }) ?? [];
    for (const [index, child] of children.entries())
      check(child, [...reader.path, "components", index], allowed);
    return children;
  }

  function checkRow(reader: Reader): void {
    reader.only(["type", "id", "components"]);
    const children = checkAll(reader, inRow, limits.rowButtons).filter(isFields);
    if (children.length > 1 && children.some((child) => selects.includes(Number(child.type))))
      reader.fail(
        "components",
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
        "The specified component exceeds the maximum width",
      );
  }

  function checkButton(reader: Reader): void {
    reader.only(["type", "id", "style", "label", "emoji", "custom_id", "url", "disabled", "sku_id"]);
    const style = reader.whole("style", { oneOf: [1, 2, 3, 4, 5, 6], required: true });
    reader.flag("disabled");
    reader.text("label", { max: limits.label });
    if (style === 6) return void reader.text("sku_id", { required: true });
    if (!reader.has("label") && !reader.has("emoji"))
      reader.fail("label", "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or an emoji is required");
    if (style === 5) {
      reader.forbid(
        ["custom_id"],
        "BUTTON_COMPONENT_CUSTOM_ID_AND_URL",
        "A custom id and url cannot both be specified",
      );
      return void checkLink(reader, "url", limits.linkUrl);
    }
    reader.forbid(["url"], "BUTTON_COMPONENT_INVALID_URL", "A url is for link buttons only");
    checkCustomId(reader.text("custom_id", { min: 1, max: limits.customId, required: true }), reader);
  }

  function checkCustomId(id: string | undefined, reader: Reader): void {
    if (id === undefined) return;
    if (customIds.has(id))
      reader.fail("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated");
    customIds.add(id);
  }

  function checkMedia(reader: Reader, key: "media" | "file"): void {
    reader.text("description", { min: 1, max: limits.alt });
    reader.flag("spoiler");
    const media = reader.object(key, true);
    const url = media?.text("url", { min: 1, max: limits.mediaUrl, required: true });
    if (!media || !url) return;
    const name = /^attachment:\/\/(.*)$/s.exec(url)?.[1];
    if (name !== undefined) {
      if (!files.has(toFileName(name)))
        media.fail(
          "url",
          "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
          "The referenced attachment could not be found",
        );
    } else if (key === "file")
      media.fail(
        "url",
        "UNFURLED_MEDIA_ITEM_ATTACHMENT_REQUIRED",
        "Only an uploaded attachment may be referenced",
      );
    else checkLink(media, "url", limits.mediaUrl);
  }
}

function checkLink(reader: Reader, key: string, max: number): void {
  const url = reader.text(key, { min: 1, max, required: true });
  if (url !== undefined && !/^(https?|discord):\/\/\S+$/.test(url))
    reader.fail(key, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
}

function keep(component: Fields, nextId: () => number): Fields {
  const { id } = component;
  const own = typeof id === "number" && id > 0 ? id : nextId();
  const entries = Object.entries(component).map(([key, value]): [string, unknown] => {
    if (key === "components" && Array.isArray(value))
      return [key, value.filter(isFields).map((child) => keep(child, nextId))];
    if ((key === "accessory" || key === "component") && isFields(value)) return [key, keep(value, nextId)];
    return [key, clean(value)];
  });
  return { ...Object.fromEntries(entries), id: own };
}

/** Renames what `attachment://` links name as the files themselves are renamed. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === "url" && typeof inner === "string" && inner.startsWith("attachment://"))
        return [key, `attachment://${toFileName(inner.slice("attachment://".length))}`];
      return [key, clean(inner)];
    }),
  );
}
