import decodeQR from "qr/decode.js";

/** Longest edges at which a picture is looked at, in pixels: a large code is read at a small size, a small one in a large picture at a large one. */
const EDGES = [800, 1600, 400];

/** Reads the code in a picture's pixels; `null` if there is none. */
export function readPixels({ width, height, data }: ImageData): string | null {
  try {
    return decodeQR({ width, height, data });
  } catch {
    return null;
  }
}

/** Draws something so large, at most, and reads the code in it. */
export function readDrawn(source: CanvasImageSource, width: number, height: number, edge: number, canvas = document.createElement("canvas")): string | null {
  const scale = Math.min(1, edge / Math.max(width, height));
  [canvas.width, canvas.height] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  if (!drawing) return null;
  // Codes are often on nothing, which would count as black.
  drawing.fillStyle = "white";
  drawing.fillRect(0, 0, canvas.width, canvas.height);
  drawing.drawImage(source, 0, 0, canvas.width, canvas.height);
  return readPixels(drawing.getImageData(0, 0, canvas.width, canvas.height));
}

/** Reads the code in a picture; `null` if there is none, or it is no picture. */
export async function readPicture(file: Blob): Promise<string | null> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return null;
  try {
    for (const edge of EDGES) {
      const text = readDrawn(picture, picture.width, picture.height, edge);
      if (text !== null) return text;
    }
    return null;
  } finally {
    picture.close();
  }
}
