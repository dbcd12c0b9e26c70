/** The address of a thread within the page. */
export function toHash(thread: string): string {
  return `#/t/${encodeURIComponent(thread)}`;
}

/** The thread an address names. */
export function parseHash(hash: string): string | undefined {
  const id = /^#\/t\/([\w%-]+)$/.exec(hash)?.[1];
  return id && decodeURIComponent(id);
}

/** A UUID, also on plain http, where `crypto.randomUUID` is missing. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
