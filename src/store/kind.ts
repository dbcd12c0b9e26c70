/** What kind of store a URL names: `sqlite`, `redis`, `postgres`, `memory`, or another word, for none that there is. */
export function kindOf(url: string): string {
  return url.slice(0, url.indexOf(":")).replace(/^(redis|postgres).*/, "$1");
}
