/** What the first bytes of pictures say that can be sent. Sources: the formats' own signatures. */
const signatures: readonly (readonly [pattern: RegExp, type: string])[] = [
  [/^\x89PNG\r\n/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^RIFF[\s\S]{4}WEBP/, "image/webp"],
  [/^GIF8/, "image/gif"],
  [/^BM[\s\S]{13}\0\0\0/, "image/bmp"],
  [/^(?:II[*+]\0|MM\0[*+])/, "image/tiff"],
  [/^[\s\S]{4}ftyp(?:avi[fs]|hei[cmsx]|hev[cmsx]|mi[af][f1]|msf1)/, "image/heic"],
  [/<(?:[\w.-]+:)?svg[\s/>]/, "image/svg+xml"],
];

/** Of these a browser can tell whether they are damaged. */
const opened = /png|jpeg|webp|gif/;

/** Bytes in which an SVG must have begun. */
const headBytes = 4096;

/** Why a file will not be taken, as a sentence; undefined: nothing speaks against it. */
export async function problemOf(file: Blob, name: string): Promise<string | undefined> {
  if (file.size === 0) return `“${name}” is empty.`;
  const head = new TextDecoder("latin1").decode(await file.slice(0, headBytes).arrayBuffer());
  const type = signatures.find(([pattern]) => pattern.test(head))?.[1];
  if (!type) return `“${name}” is no picture. Attach PNG, JPEG, WebP, GIF, HEIC, AVIF, BMP, TIFF or SVG.`;
  if (opened.test(type) && !(await canOpen(file))) {
    return `“${name}” is damaged or cut off. Save it anew as PNG or JPEG first.`;
  }
  return undefined;
}

/** Reads what it says of itself; its pixels are left alone, which may be many. */
function canOpen(file: Blob): Promise<boolean> {
  const address = URL.createObjectURL(file);
  const image = new Image();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  image.onload = () => resolve(true);
  image.onerror = () => resolve(false);
  image.src = address;
  return promise.finally(() => URL.revokeObjectURL(address));
}
