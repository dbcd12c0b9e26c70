/** The picture to paint on. */
export interface AreaPicture {
  readonly picture: HTMLImageElement;
  /** The same for the same picture on another page; empty when nobody knows. */
  readonly id: string;
}

/** The server said no, or could not be reached (then `status` is 0). The message is for a person to read. */
export class AreaError extends Error {
  override readonly name = "AreaError";
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** Rejects with an AreaError. */
export async function fetchPicture(): Promise<AreaPicture> {
  const response = await request(`${here}/picture`);
  const picture = new Image();
  picture.alt = decodeURIComponent(response.headers.get("picture-alt") ?? "");
  try {
    picture.src = URL.createObjectURL(await response.blob());
    await picture.decode();
  } catch (cause) {
    throw new AreaError(0, "The picture did not come through. Try again.", { cause });
  }
  return { picture, id: response.headers.get("etag") ?? "" };
}

/** Sends what was painted and said; the answer comes in the chat. Rejects with an AreaError. */
export async function sendArea(text: string, mask: Blob): Promise<void> {
  const body = new FormData();
  body.set("text", text);
  body.set("mask", mask, "mask.png");
  // Under the page's own policy some browsers would not name the page in `Origin`, and the server wants it named.
  await request(here, { method: "POST", body, referrerPolicy: "origin" });
}

const here = location.pathname;

async function request(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    throw new AreaError(0, "There is no connection just now. Try again in a moment.", { cause });
  }
  if (response.ok) return response;
  const said: unknown = await response.json().catch(() => undefined);
  throw new AreaError(
    response.status,
    messageOf(said) ?? "The server did not answer. Try again in a moment.",
  );
}

function messageOf(said: unknown): string | undefined {
  const { error } = (said ?? {}) as { error?: { message?: unknown } };
  return typeof error?.message === "string" ? error.message : undefined;
}
