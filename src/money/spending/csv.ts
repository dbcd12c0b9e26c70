import { type Payment, tokenKinds } from "../../seam/watch/spending.ts";

const columns = [
  ...["time", "day", "platform", "community", "channel", "person", "person_name", "message", "event"],
  ...["engine", "pictures", "model"],
  ...tokenKinds.map((kind) => kind.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
  ...["usd", "estimated", "prices_of"],
];

/** The names of the columns, as a line of CSV. */
export const csvHead = toLine(columns);

/**
 * A payment as lines of CSV (RFC 4180), one for each model. The pictures stand in the last of them alone,
 * so that a column's sum is right.
 */
export function toCsv(payment: Payment, day: string): string {
  const { person, lines, pictures } = payment;
  return lines
    .map(({ model, tokens, usd, isEstimated }, index) =>
      toLine([
        ...[new Date(payment.at).toISOString(), day, payment.adapter],
        ...[payment.community ?? "", payment.channel ?? "", person.id, person.name],
        ...[payment.message, payment.event ?? "", payment.engine],
        ...[index === lines.length - 1 ? pictures : 0, model],
        ...tokenKinds.map((kind) => tokens[kind]),
        ...[usd === undefined ? "" : toPlain(usd), isEstimated ? "yes" : "", payment.pricesOf],
      ]),
    )
    .join("");
}

function toLine(cells: readonly (string | number)[]): string {
  return `${cells.map(toCell).join(",")}\r\n`;
}

/**
 * Text that a spreadsheet would take for a formula gets an apostrophe before it. Source: OWASP, "CSV Injection".
 */
function toCell(value: string | number): string {
  const text = typeof value === "string" && /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** To a ten-millionth of a dollar, which is less than any token costs; never with an exponent. */
function toPlain(usd: number): number | string {
  return Number(usd.toFixed(8)) < 1e-6 ? usd.toFixed(8) : Number(usd.toFixed(8));
}
