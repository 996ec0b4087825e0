/**
 * Pictures of a virtual screen: reads the frame buffer file of Xvfb (`-fbdir`), which is in the format of
 * X Window Dumps version 7 (`X11/XWDFile.h`), and writes PNG (ISO/IEC 15948).
 */
import zlib from "node:zlib";
import { ToolError } from "./errors.mjs";

/**
 * A picture in memory.
 * @typedef {{ width: number, height: number, rgb: Buffer }} Picture three bytes a pixel, rows from the top
 */

/**
 * Reads a dump with 32 bits a pixel.
 * @param {Buffer} file
 * @returns {Picture}
 * @throws {ToolError} when it is something else or cut short
 */
export function readXwd(file) {
  const field = (index) => file.readUInt32BE(index * 4);
  if (file.length < 100 || field(1) !== 7) throw new ToolError("The frame buffer is not a window dump of version 7.");
  const [headerSize, width, height] = [field(0), field(4), field(5)];
  const [lsbFirst, bitsPerPixel, bytesPerLine, colours] = [field(7) === 0, field(11), field(12), field(19)];
  const masks = [field(14), field(15), field(16)];
  const start = headerSize + colours * 12;
  if (bitsPerPixel !== 32 || masks.some((mask) => mask === 0)) throw new ToolError("The frame buffer does not have 32 bits a pixel.");
  if (file.length < start + bytesPerLine * height) throw new ToolError("The frame buffer is cut short.");
  const shifts = masks.map((mask) => 31 - Math.clz32(mask & -mask));
  const rgb = Buffer.alloc(width * height * 3);
  let out = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = start + y * bytesPerLine + x * 4;
      const pixel = lsbFirst ? file.readUInt32LE(at) : file.readUInt32BE(at);
      for (let i = 0; i < 3; i += 1) {
        rgb[out] = (pixel >>> shifts[i]) & 0xff;
        out += 1;
      }
    }
  }
  return { width, height, rgb };
}

/**
 * The number of different colours, counted up to a limit. A window that has not been drawn has one or two.
 * @param {Picture} picture
 * @param {number} limit
 */
export function countColours({ rgb }, limit) {
  const seen = new Set();
  for (let i = 0; i + 2 < rgb.length && seen.size < limit; i += 3) seen.add((rgb[i] << 16) | (rgb[i + 1] << 8) | rgb[i + 2]);
  return seen.size;
}

/**
 * A picture as a PNG file.
 * @param {Picture} picture
 * @returns {Buffer}
 */
export function writePng({ width, height, rgb }) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits a channel, RGB, no interlacing
  const rows = Buffer.alloc((width * 3 + 1) * height); // each row begins with filter type 0
  for (let y = 0; y < height; y += 1) rgb.copy(rows, y * (width * 3 + 1) + 1, y * width * 3, (y + 1) * width * 3);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", zlib.deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(zlib.crc32(body));
  return Buffer.concat([length, body, sum]);
}
