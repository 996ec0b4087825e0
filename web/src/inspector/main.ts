import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/controls.css";

import { createApp } from "vue";
import { followContrast } from "../contrast";
import { behaveLikeDesktop } from "../desktop";
import { i18n } from "../i18n";
import InspectorApp from "./InspectorApp.vue";
import { tauriTransport } from "./transport";

behaveLikeDesktop();
followContrast();
createApp(InspectorApp, { transport: tauriTransport }).use(i18n).mount("#app");
