import { constants, setPriority } from "node:os";
import { buffer } from "node:stream/consumers";
import sharp from "sharp";

/**
 * The process that draws one SVG: from standard input to standard output, as PNG. Arguments: the pixels of the long
 * side, and the ms after which it gives up, even when whoever started it is gone. Fails for what cannot be drawn.
 */
const [side, ms] = process.argv.slice(2).map(Number);

setPriority(constants.priority.PRIORITY_LOW);
setTimeout(() => process.kill(process.pid, "SIGKILL"), ms).unref();
sharp.concurrency(1);
sharp.cache(false);

// The size it claims does not matter: librsvg draws at the size that is asked for.
const drawing = sharp(await buffer(process.stdin), { limitInputPixels: false });
process.stdout.write(await drawing.resize(side, side, { fit: "inside" }).png().toBuffer());
