import { html, nothing, type TemplateResult } from "lit-html";
import type { WireRule } from "../../admin/messages.ts";
import { openDialog } from "../look/dialog.ts";

const units: Readonly<Record<NonNullable<WireRule["unit"]>, string>> = {
  $: "dollars",
  s: "seconds",
  days: "days",
};

/** What a rule is to be; undefined: it is laid down no more. */
interface Changed {
  readonly value: WireRule["value"] | undefined;
}

/** Asks what a rule is to be. Undefined: it stays as it is. */
export function askRule(rule: WireRule): Promise<Changed | undefined> {
  const { label, hint, unset, said } = rule;
  return openDialog<Changed>(
    label,
    "sheet",
    (dialog) => html`
      <form
        method="dialog"
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          dialog.close({ value: read(rule, new FormData(event.target as HTMLFormElement)) });
        }}
      >
        <h2>${label}</h2>
        <p>${hint}. Not set: ${unset}.</p>
        <div class="rule-fields">${fields(rule)}</div>
        <div class="sheet-buttons">
          ${
            said === undefined
              ? nothing
              : html`<button type="button" class="button" @click=${() => dialog.close({ value: undefined })}>
                  Do not set it
                </button>`
          }
          <button type="button" class="button" @click=${() => dialog.close()}>Leave as it is</button>
          <button type="submit" class="button primary">Save</button>
        </div>
      </form>
    `,
  );
}

function fields(rule: WireRule): TemplateResult {
  const { kind, label, value, values = [], min, max, unit } = rule;
  switch (kind) {
    case "switch":
      return html`${["on", "off"].map((word) =>
        choice("radio", word, word, value === undefined ? word === "on" : value === (word === "on")),
      )}`;
    case "choices": {
      const chosen = Array.isArray(value) ? value : [];
      return html`${values.map((one) => choice("checkbox", one.value, one.label, chosen.includes(one.value)))}`;
    }
    case "number":
      return html`<label class="field"
        >${label}${unit ? `, in ${units[unit]}` : ""}
        <input name="value" type="number" required step=${unit === "$" ? "any" : "1"} min=${min ?? nothing} max=${max ?? nothing} .value=${String(value ?? "")} />
      </label>`;
    default:
      return html`<label class="field"
        >${label}${kind === "words" ? ", one in each line" : ""}
        <textarea name="value" rows="5" .value=${Array.isArray(value) ? value.join("\n") : String(value ?? "")}></textarea>
      </label>`;
  }
}

function choice(type: "radio" | "checkbox", value: string, label: string, isChosen: boolean): TemplateResult {
  return html`<label class="option"><input type=${type} name="value" .value=${value} ?checked=${isChosen} /> ${label}</label>`;
}

/** What was filled in; nothing of it: it is laid down no more. */
function read({ kind }: WireRule, form: FormData): WireRule["value"] | undefined {
  const all = form.getAll("value").map(String);
  const [first = ""] = all;
  switch (kind) {
    case "switch":
      return first === "on";
    case "choices":
      return all.length > 0 ? all : undefined;
    case "number":
      return first === "" ? undefined : Number(first);
    default:
      return first.trim() === "" ? undefined : first;
  }
}
