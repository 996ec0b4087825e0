/** How long a video or sound is told to be by the browser, in milliseconds, before it counts as unknown. */
const PATIENCE = 3_000;

/** How long a video or sound is, in whole seconds; 0 if it cannot be told. */
export function secondsOf(blob: Blob): Promise<number> {
  const url = URL.createObjectURL(blob);
  const player = document.createElement("video");
  player.preload = "metadata";
  const told = new Promise<number>((done) => {
    player.onloadedmetadata = () => done(Number.isFinite(player.duration) ? Math.round(player.duration) : 0);
    player.onerror = () => done(0);
    window.setTimeout(() => done(0), PATIENCE);
    player.src = url;
  });
  return told.finally(() => {
    player.removeAttribute("src");
    URL.revokeObjectURL(url);
  });
}
