import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";

import { createPinia } from "pinia";
import { createApp } from "vue";
import App from "./App.vue";
import { behaveLikeDesktop } from "./desktop";
import { i18n } from "./i18n";
import { useShell } from "./stores/shell";
import { tauriTransport } from "./transport/tauri";
import type { Transport } from "./transport/transport";

/** In a plain browser, while developing, the program behind the page is played; a build has Tauri only. */
async function chooseTransport(): Promise<Transport> {
  if (import.meta.env.DEV && !("__TAURI_INTERNALS__" in window)) {
    const { createFake, readScenario } = await import("./transport/fake");
    return createFake(readScenario(location.search));
  }
  return tauriTransport;
}

const app = createApp(App).use(createPinia()).use(i18n);
behaveLikeDesktop();
void useShell().connect(await chooseTransport());
app.mount("#app");
