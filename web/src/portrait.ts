/** Pictures of people and groups. There is no server that could keep them: they travel as their own address, which holds them. */

/** Longest address of a picture, in bytes. */
const LONGEST = 2048;
/** A picture that is its own address, and nothing else that could be fetched. */
const OWN = /^data:image\/(?:webp|jpeg|png);base64,[A-Za-z0-9+/]+={0,2}$/u;
/** Edges, in pixels, and qualities in which a picture is tried, the best first. */
const EDGES = [128, 112, 96, 80, 64, 48, 32];
const QUALITIES = [0.8, 0.6, 0.45, 0.3];
/** Kinds of pictures that are tried; who cannot make the first makes another of it. */
const KINDS = ["image/webp", "image/jpeg"];

/** Whether an address is a picture by itself. Those of others are never fetched: who keeps them would learn who looks. */
export function isPortrait(address: string): boolean {
  return address.length <= LONGEST && OWN.test(address);
}

/**
 * The middle of a picture, square and as good as fits into an address.
 *
 * @throws DOMException if it is no picture.
 */
export async function portraitOf(file: Blob): Promise<string> {
  const picture = await createImageBitmap(file);
  try {
    const edge = Math.min(picture.width, picture.height);
    for (const size of EDGES) {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [size, size];
      const drawing = canvas.getContext("2d");
      if (!drawing) continue;
      drawing.fillStyle = "white";
      drawing.fillRect(0, 0, size, size);
      drawing.imageSmoothingQuality = "high";
      drawing.drawImage(picture, (picture.width - edge) / 2, (picture.height - edge) / 2, edge, edge, 0, 0, size, size);
      for (const kind of KINDS) {
        for (const quality of QUALITIES) {
          const address = canvas.toDataURL(kind, quality);
          if (address.startsWith(`data:${kind}`) && isPortrait(address)) return address;
        }
      }
    }
    throw new DOMException("The picture cannot be made small enough.", "DataError");
  } finally {
    picture.close();
  }
}
