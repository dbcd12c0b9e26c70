/** The address of a picture as lists show it: in the gallery, in strips, beside a thread's title. */
export function listPicture(src: string): string {
  return src;
}
