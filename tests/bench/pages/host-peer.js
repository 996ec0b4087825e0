// How a page of a plain Tauri program reaches it: `invoke`, as the package @tauri-apps/api calls it.
const { invoke } = window.__TAURI_INTERNALS__;

export const ask = () => invoke("language");
export const tell = (text) => invoke("report", { text });

/** Whether a call goes by Tauri's own protocol, as it does unless something is in the way: it is a `fetch` then. */
export async function facts() {
  const { fetch } = window;
  let protocol = false;
  window.fetch = (address, ...rest) => {
    protocol ||= String(address).startsWith("ipc:");
    return fetch(address, ...rest);
  };
  await ask();
  window.fetch = fetch;
  return { protocol };
}

/** Whoever measures closes the window. */
export const leave = () => undefined;
