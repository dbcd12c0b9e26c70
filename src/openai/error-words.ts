/**
 * A `fetch` whose refusals are told as OpenAI tells them, `{ error: { message, param } }`, for the SDK reads no others.
 * FastAPI has a `detail`: a sentence, or a list of what is wrong and where; others a `message`, or an `error` in words.
 */
export function withErrorWords(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.ok || !/json/.test(response.headers.get("content-type") ?? "")) return response;
    const { status, statusText } = response;
    const headers = new Headers(response.headers);
    headers.delete("content-length");
    headers.delete("content-encoding");
    // Read no sooner than the SDK reads it, who waits for no words that do not end.
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          controller.enqueue(new TextEncoder().encode(toOwn(await response.text())));
          controller.close();
        },
        cancel: (reason) => response.body?.cancel(reason),
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { status, statusText, headers });
  };
}

function toOwn(text: string): string {
  const body = parse(text);
  if (!body || typeof body !== "object" || (Reflect.get(body, "error") ?? "") instanceof Object) return text;
  const { detail, message, error } = body as { detail?: unknown; message?: unknown; error?: unknown };
  const [first] = Array.isArray(detail) ? detail : [];
  const { msg, loc } = (first ?? {}) as { msg?: unknown; loc?: unknown };
  const words = [msg, detail, error, message].find((one) => typeof one === "string");
  if (words === undefined) return text;
  const at: unknown = Array.isArray(loc) ? loc.at(-1) : undefined;
  return JSON.stringify({ error: { message: words, ...(typeof at === "string" && { param: at }) } });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
