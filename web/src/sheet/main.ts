import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/controls.css";

import { createApp } from "vue";
import { followContrast } from "../contrast";
import { behaveLikeDesktop } from "../desktop";
import { i18n } from "../i18n";
import SheetApp from "./SheetApp.vue";
import { tauriTransport } from "./transport";

behaveLikeDesktop();
followContrast();
createApp(SheetApp, { transport: tauriTransport }).use(i18n).mount("#app");
