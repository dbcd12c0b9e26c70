/** Adds a sentence for the person to those that are there, unless it is one of them. */
export function sayOnce(notes: string[], note: string): void {
  if (!notes.includes(note)) notes.push(note);
}
