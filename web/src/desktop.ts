const EDITABLE = "input, textarea, [data-selectable]";

/**
 * Takes from the page what belongs to a browser and not to a program: its own context menu (except where text can be copied or entered), and leaving
 * the page when a file is dropped on it.
 */
export function behaveLikeDesktop(): void {
  window.addEventListener("contextmenu", (event) => {
    if (event.target instanceof Element && !event.target.closest(EDITABLE)) event.preventDefault();
  });
  for (const type of ["dragover", "drop"] as const) window.addEventListener(type, (event) => event.preventDefault());
}
