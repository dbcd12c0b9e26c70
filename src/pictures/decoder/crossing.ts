/** Bytes below which they cross in the message itself. */
const fewBytes = 16 * 1024;

/** Stands for bytes that cross beside a message: how many they are. */
interface Apart {
  readonly apart: number;
}

/**
 * Takes the pictures out of what is sent to another process: written as they are, they are copied once, and within a
 * message several times. `bytes` are to be sent in their order.
 */
export function takeApart(sent: unknown): { readonly rest: unknown; readonly bytes: readonly Uint8Array[] } {
  const bytes: Uint8Array[] = [];
  const rest = change(sent, (value) => {
    if (!(value instanceof Uint8Array) || value.byteLength < fewBytes) return undefined;
    bytes.push(value);
    return { apart: value.byteLength } satisfies Apart;
  });
  return { rest, bytes };
}

/** The same again on the other side; `read` gives the next so many bytes. */
export function putTogether(rest: unknown, read: (length: number) => Uint8Array): unknown {
  return change(rest, (value) => (isApart(value) ? read(value.apart) : undefined));
}

function isApart(value: unknown): value is Apart {
  return typeof value === "object" && value !== null && "apart" in value && typeof value.apart === "number";
}

/** Plain data, with some of it in exchange for something else. */
function change(value: unknown, toOther: (value: unknown) => unknown): unknown {
  const other = toOther(value);
  if (other !== undefined) return other;
  if (Array.isArray(value)) return value.map((one) => change(one, toOther));
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(one, toOther)]));
}
