// Draws the pictures of the Explorer: `node examples/explorer/tools/draw.mjs`. Their files are committed.
import { writeFileSync } from "node:fs";
import { draw } from "./png.mjs";

const target = (path) => new URL(`../package/${path}`, import.meta.url);
const mix = (from, to, part) => from.map((value, at) => value + (to[at] - value) * Math.min(1, Math.max(0, part)));
const hex = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));

/** Distance of a point to a line between two points. */
function toLine(x, y, [ax, ay], [bx, by]) {
  const along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2);
  const at = Math.min(1, Math.max(0, along));
  return Math.hypot(x - ax - (bx - ax) * at, y - ay - (by - ay) * at);
}

/** Distance of a point to a rectangle with round corners, negative inside. */
function toRoundRectangle(x, y, size, radius) {
  const half = size / 2 - radius;
  const [dx, dy] = [Math.abs(x - size / 2) - half, Math.abs(y - size / 2) - half];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
}

/** A magnifying glass whose lens is half a coconut. */
function icon(x, y) {
  if (toRoundRectangle(x, y, 192, 44) > 0) return [0, 0, 0, 0];
  let colour = mix(hex("#17695f"), hex("#0c3f3c"), (x + y) / 384);
  const [cx, cy] = [84, 82];
  const away = Math.hypot(x - cx, y - cy);
  if (toLine(x, y, [124, 122], [153, 151]) < 14) colour = mix(hex("#8d5a36"), hex("#5d3620"), (x + y - 240) / 70);
  if (away < 61) colour = mix(hex("#8d5a36"), hex("#5d3620"), (x + y - 90) / 150);
  if (away < 50) colour = hex("#fffaf1");
  if (away < 34) colour = mix(hex("#f4e6d0"), hex("#e2cba8"), (y - 50) / 64);
  if (away < 50 && away > 42 && Math.abs(Math.atan2(y - cy, x - cx) + 2.3) < 0.55) colour = hex("#ffffff");
  const eyes = [[-12, -7], [12, -7], [0, 12]];
  if (eyes.some(([dx, dy]) => Math.hypot(x - cx - dx, y - cy - dy) < 6)) colour = hex("#6b4027");
  return [...colour, 1];
}

const trunk = [[330, 262], [322, 220], [320, 180], [325, 140], [336, 108]];
const leaves = [[-1, -0.15, 82], [-0.82, 0.62, 78], [-0.45, -0.62, 74], [0.25, -0.72, 72], [0.85, -0.35, 82], [0.98, 0.3, 80], [0.62, 0.85, 66], [-0.3, 1, 60]];

/** Whether a point lies in one of the palm's hanging leaves. */
function inLeaf(x, y, [dx, dy, length]) {
  const size = Math.hypot(dx, dy);
  const [ux, uy] = [dx / size, dy / size];
  const along = ((x - 336) * ux + (y - 108) * uy) / length;
  if (along < 0 || along > 1) return false;
  const droop = 26 * along * along;
  const across = (x - 336) * -uy + (y - 108 - droop * (1 - Math.abs(uy) * 0.5)) * ux;
  return Math.abs(across) < 9 * Math.sin(Math.PI * Math.sqrt(along)) + 0.6;
}

/** An island with a palm at sunset. */
function picture(x, y) {
  let colour = y < 190 ? mix(hex("#274a78"), hex("#f7b267"), (y / 190) ** 1.3) : mix(hex("#d98a5b"), hex("#123a4c"), (y - 190) / 100);
  const sun = Math.hypot(x - 150, y - 165);
  if (y < 190) colour = mix(hex("#fff1c9"), colour, sun < 34 ? 0 : 0.35 + (sun - 34) / 110);
  else if (Math.abs(x - 150) < 32 - (y - 190) * 0.2 && Math.sin(y * 0.9) > -0.1) colour = mix(colour, hex("#ffe3a6"), 0.75 - (y - 190) / 110);
  if (((x - 325) / 150) ** 2 + ((y - 285) / 34) ** 2 < 1) colour = mix(hex("#f1d7a0"), hex("#b98850"), (y - 250) / 60);
  const bark = trunk.slice(1).some((point, at) => toLine(x, y, trunk[at], point) < 8 - at * 1.1);
  if (bark) colour = Math.sin(y * 0.75) > 0.6 ? hex("#4a2c1b") : hex("#6b4229");
  const leaf = leaves.findIndex((each) => inLeaf(x, y, each));
  if (leaf >= 0) colour = leaf % 2 ? hex("#1f5c3d") : hex("#2c7a4f");
  if ([[328, 118], [342, 121], [335, 127]].some(([nx, ny]) => Math.hypot(x - nx, y - ny) < 7)) colour = hex("#3d2314");
  return [...colour, 1];
}

writeFileSync(target("icon.png"), draw(192, 192, icon));
writeFileSync(target("files/picture.png"), draw(480, 320, picture));
