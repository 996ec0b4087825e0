import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";

import { createPinia } from "pinia";
import { createApp } from "vue";
import App from "./App.vue";
import { followContrast } from "./contrast";
import { behaveLikeDesktop } from "./desktop";
import { i18n } from "./i18n";
import { connectEngine, inProgram } from "./im/connect";
import { createPages } from "./router";
import { useIm } from "./stores/im";
import { useShell } from "./stores/shell";
import { browserTransport } from "./transport/browser";
import { tauriTransport } from "./transport/tauri";
import type { Transport } from "./transport/transport";

/** In a browser there is no program behind the page; while developing, it can be played. */
async function chooseTransport(): Promise<Transport> {
  if (inProgram) return tauriTransport;
  if (import.meta.env.DEV && location.search.includes("apps=")) {
    const { createFake, readScenario } = await import("./transport/fake");
    return createFake(readScenario(location.search));
  }
  return browserTransport();
}

const app = createApp(App).use(createPinia()).use(i18n);
behaveLikeDesktop();
followContrast();
const im = useIm();
const engine = connectEngine(() => void im.reconnected());
app.use(createPages());
void useShell().connect(await chooseTransport());
void im.connect(engine);
app.mount("#app");
