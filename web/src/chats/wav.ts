/** Bytes before the samples of a WAV file. */
const HEAD = 44;

/** Samples of one channel, from -1 to 1, as a WAV file of 16 bits (RIFF WAVE, PCM). */
export function wavOf(pieces: readonly Float32Array[], rate: number): Blob {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const file = new DataView(new ArrayBuffer(HEAD + 2 * length));
  const word = (at: number, text: string) => [...text].forEach((letter, place) => file.setUint8(at + place, letter.charCodeAt(0)));
  word(0, "RIFF");
  file.setUint32(4, HEAD - 8 + 2 * length, true);
  word(8, "WAVEfmt ");
  file.setUint32(16, 16, true);
  file.setUint16(20, 1, true);
  file.setUint16(22, 1, true);
  file.setUint32(24, rate, true);
  file.setUint32(28, 2 * rate, true);
  file.setUint16(32, 2, true);
  file.setUint16(34, 16, true);
  word(36, "data");
  file.setUint32(40, 2 * length, true);
  let at = HEAD;
  for (const piece of pieces) {
    for (const sample of piece) {
      file.setInt16(at, Math.round(Math.max(-1, Math.min(1, sample)) * 0x7fff), true);
      at += 2;
    }
  }
  return new Blob([file.buffer], { type: "audio/wav" });
}
