/** The launcher as its tests see it: mounted in front of a fake shell. */
import { DOMWrapper, flushPromises, mount } from "@vue/test-utils";
import App from "../src/App.vue";
import { i18n } from "../src/i18n";
import { createPages } from "../src/router";
import { useShell } from "../src/stores/shell";
import { createFake, type Scenario } from "../src/transport/fake";

/** All that is shown, dialogs included. */
export const page = () => new DOMWrapper(document.body);

/** What has this `data-test`. */
export const find = (test: string) => page().find(`[data-test="${test}"]`);

/** All that have this `data-test`. */
export const findAll = (test: string) => page().findAll(`[data-test="${test}"]`);

/** The window, with one of its sections open. */
export async function open(path: string) {
  const pages = createPages();
  await pages.push(path);
  mount(App, { attachTo: document.body, global: { plugins: [i18n, pages] } });
  return pages;
}

/** The launcher in front of a fake shell. */
export async function launch(scenario: Partial<Scenario> = {}) {
  const fake = createFake({ delay: 0, apps: 3, ...scenario });
  await open("/apps");
  await useShell().connect(fake);
  await flushPromises();
  return fake;
}
