import { createMemoryHistory, createRouter, createWebHashHistory } from "vue-router";
import AppsPage from "./components/AppsPage.vue";
import ChatsPage from "./chats/ChatsPage.vue";
import ContactsPage from "./contacts/ContactsPage.vue";
import { inProgram } from "./im/connect";

/** Under which name the section is kept that was open last. */
const KEPT = "cococat.section";

/** The parts of the window. */
export const SECTIONS = ["chats", "contacts", "favourites", "apps"] as const;

/** A part of the window. */
export type Section = (typeof SECTIONS)[number];

function lastSection(): Section {
  const kept = localStorage.getItem(KEPT);
  return SECTIONS.find((section) => section === kept) ?? "chats";
}

/** A window of the program has no address that anybody sees; a browser's tab has, and ways back and forward. */
export function createPages() {
  const router = createRouter({
    history: inProgram ? createMemoryHistory() : createWebHashHistory(),
    routes: [
      { path: "/", redirect: () => ({ name: lastSection() }) },
      { path: "/chats/:id?", name: "chats", component: ChatsPage, props: ({ params, query }) => ({ id: params["id"], at: query["at"] }) },
      { path: "/contacts/:who?", name: "contacts", component: ContactsPage, props: ({ params, query }) => ({ who: params["who"], add: query["add"] }) },
      { path: "/favourites", name: "favourites", component: () => import("./chats/FavouritesPage.vue") },
      { path: "/apps", name: "apps", component: AppsPage },
      { path: "/:unknown(.*)", redirect: "/" },
    ],
  });
  router.afterEach(({ name }) => localStorage.setItem(KEPT, String(name)));
  return router;
}
