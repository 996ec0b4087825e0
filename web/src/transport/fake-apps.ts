import type { AppInfo } from "../generated/shell";

type Sketch = { name: string; description: string; hue: number; glyph: string; version?: string };

const SKETCHES: readonly Sketch[] = [
  { name: "Explorer", description: "Every call of the bridge, to try by hand", hue: 28, glyph: "M48 20 58 48 48 76 38 48z" },
  { name: "Field Notes", description: "Plain notes that stay on this computer", hue: 92, glyph: "M30 26h36v44H30zM38 38h20M38 48h20M38 58h12", version: "2.4.1" },
  { name: "Weather", description: "The next days, without an account", hue: 235, glyph: "M32 60a12 12 0 0 1 2-24 18 18 0 0 1 34 6 9 9 0 0 1-2 18z" },
  { name: "Wallet", description: "Addresses and payments", hue: 160, glyph: "M24 34h48v32H24zM58 50h14" },
  { name: "Chess", description: "Play against a friend", hue: 320, glyph: "M36 70h24M40 70V50l-6-16 14 8 14-8-6 16v20" },
  { name: "Market", description: "Buy and sell nearby", hue: 12, glyph: "M28 38h40l-4 32H32zM38 38a10 10 0 0 1 20 0" },
  { name: "Radio", description: "Stations of the world", hue: 275, glyph: "M48 48v22M36 60a17 17 0 1 1 24 0" },
  { name: "Maps", description: "Offline maps", hue: 140, glyph: "M48 74S30 56 30 44a18 18 0 0 1 36 0c0 12-18 30-18 30z" },
  { name: "Calculator", description: "With a paper roll", hue: 60, glyph: "M34 24h28v48H34zM40 36h16M40 48h4M52 48h4M40 60h4M52 60h4" },
  { name: "Photos", description: "An album", hue: 200, glyph: "M26 32h44v34H26zM26 60l14-12 10 8 8-6 12 10" },
  { name: "Timer", description: "Tea, eggs, meetings", hue: 350, glyph: "M48 28a22 22 0 1 1 0 44 22 22 0 0 1 0-44zM48 40v12l8 6" },
  { name: "Sketch", description: "Draw with the mouse", hue: 45, glyph: "m30 66 4-14 26-26 10 10-26 26z" },
];

function picture(hue: number, glyph: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="hsl(${hue} 62% 62%)"/><stop offset="1" stop-color="hsl(${hue} 58% 44%)"/></linearGradient></defs><rect width="96" height="96" fill="url(#g)"/><path d="${glyph}" fill="none" stroke="#fff" stroke-width="5" stroke-linejoin="round" stroke-linecap="round"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** An address that looks like one and is none. */
function addressOf(index: number): string {
  const letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  let seed = index * 7919 + 104_729;
  let text = "1";
  for (let place = 0; place < 33; place += 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    text += letters[seed % letters.length];
  }
  return text;
}

/** The app number `index`, different for each index; after the sketched ones come numbered ones without an icon. */
export function fakeApp(index: number): AppInfo {
  const sketch = SKETCHES[index % SKETCHES.length] as Sketch;
  const round = Math.floor(index / SKETCHES.length);
  const address = addressOf(index);
  return {
    address,
    name: round === 0 ? sketch.name : `${sketch.name} ${round + 1}`,
    description: sketch.description,
    version: sketch.version ?? `1.${index % 5}`,
    icon: round > 1 ? "" : picture(sketch.hue + round * 97, sketch.glyph),
    modified: 1_760_000_000 - index * 400_000,
    size: 18_432 + index * index * 61_440,
    signer: address,
    window: "closed",
    damaged: null,
  };
}

/** Names that a layout has to survive. */
export const LONG_NAMES: readonly string[] = [
  "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
  "A rather talkative name that nobody could cut to fewer than two whole lines of text",
  "超长的应用程序名称用来检查两行之后是否被正确截断而不会破坏布局",
  "แอปพลิเคชันที่มีชื่อยาวมากสำหรับทดสอบการตัดคำ",
  "تطبيق باسم طويل جدًا للتحقق من اتجاه النص",
  "👩‍🚀 Space",
];
