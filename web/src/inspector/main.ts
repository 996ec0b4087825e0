import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/controls.css";

import { createApp } from "vue";
import { behaveLikeDesktop } from "../desktop";
import { i18n } from "../i18n";
import InspectorApp from "./InspectorApp.vue";

behaveLikeDesktop();
createApp(InspectorApp).use(i18n).mount("#app");
