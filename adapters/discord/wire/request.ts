import type { RESTOptions } from "discord.js";

/**
 * How discord.js sends its requests: with Node's own fetch.
 *
 * Its default is an undici of its own, which can upload no file any more once another version of undici has been loaded
 * into the process, as other platforms' libraries do.
 */
export const makeRequest = (async (url: string, init: RequestInit) => {
  try {
    return await fetch(url, init);
  } catch (error) {
    // discord.js looks for a connection that was cut, to try again; fetch wraps it.
    throw error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
  }
}) as unknown as RESTOptions["makeRequest"]; // the same types by other names: theirs are undici's, ours are Node's
