/**
 * The day on which tests take place, as far as models are concerned: all that they name are there, whatever the calendar
 * says.
 */
export const today = (): number => Date.parse("2026-11-20");
