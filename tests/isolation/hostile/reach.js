// What lies on this computer: files, the program's own pages, other apps' pages and what they keep.
"use strict";
const text = async (url, options) => `read ${(await (await fetch(url, options)).text()).slice(0, 20)}`;
const drawn = async (url) => {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").drawImage(image, 0, 0);
  return `read ${canvas.toDataURL().length}`;
};
const posted = (payload) => (url) => text(url, { method: "POST", body: payload() });

/** Reading a URL in every way there is. */
attacks.reads = {
  "read-fetch": (url) => text(url),
  "read-fetch-no-cors": (url) => text(url, { mode: "no-cors" }),
  "read-blob-post": posted(() => new Blob(["hostile-payload"])),
  "read-file-post": posted(() => new File(["hostile-payload"], "hostile.txt")),
  "read-form-post": posted(() => {
    const form = new FormData();
    form.append("file", new File(["hostile-payload"], "hostile.txt"));
    return form;
  }),
  "read-stream-post": (url) => text(url, { method: "POST", body: new Response("hostile-payload").body, duplex: "half" }),
  "read-xhr": async (url) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.send();
    return (await next(request, "load", "error")) === "load" ? `read ${request.responseText}` : "error";
  },
  "read-xhr-blob": async (url) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.send(new Blob(["hostile-payload"]));
    return (await next(request, "load", "error")) === "load" ? `read ${request.responseText}` : "error";
  },
  "read-beacon-blob": (url) => navigator.sendBeacon(url, new Blob(["hostile-payload"])),
  "read-image": (url) => drawn(url),
  "read-script": (url) => element("script", { src: url }),
  "read-module": (url) => import(url),
  "read-style": (url) => element("link", { rel: "stylesheet", href: url }, document.head),
  "read-frame": async (url) => {
    const frame = document.createElement("iframe");
    frame.src = url;
    const seen = next(frame, "load", "error");
    document.body.append(frame);
    await seen;
    return `read ${frame.contentDocument?.body?.textContent ?? ""}`.trim();
  },
  "read-object": (url) => element("object", { data: url, type: "text/html" }),
  "read-embed": (url) => element("embed", { src: url }),
  "read-audio": (url) => element("audio", { src: url, preload: "auto" }),
  "read-worker": (url) => next(new Worker(url), "message", "error"),
  "read-event-source": (url) => next(new EventSource(url), "open", "error"),
  "read-xslt": (url) => xslt(`document('${url}')`),
  "read-entity": (url) =>
    new DOMParser().parseFromString(`<!DOCTYPE a [<!ENTITY x SYSTEM "${url}">]><a>&x;</a>`, "text/xml").documentElement.textContent || "empty",
  "read-font": (url) => new FontFace("hostile", `url("${url}")`).load(),
};

const stored = (open) =>
  new Promise((resolve, reject) => {
    open.onsuccess = () => resolve(open.result);
    open.onerror = () => reject(open.error);
  });

/** What another app or the launcher has put down under the name `secret`. */
attacks.secrets = {
  "local-storage": () => localStorage.getItem("secret"),
  "session-storage": () => sessionStorage.getItem("secret"),
  cookie: () => document.cookie || "none",
  "cookie-domain": (url) => ((document.cookie = `secret=hostile; domain=${new URL(url).host}; path=/`), document.cookie || "none"),
  "indexed-db": async () => (await indexedDB.databases()).map(({ name }) => name).join() || "none",
  "indexed-db-open": async () => [...(await stored(indexedDB.open("secret"))).objectStoreNames].join() || "none",
  caches: async () => (await caches.keys()).join() || "none",
  broadcast: () => {
    const channel = new BroadcastChannel("secret");
    channel.postMessage("hostile");
    return next(channel, "message");
  },
  locks: async () => JSON.stringify((await navigator.locks.query()).held),
  "document-domain": (url) => ((document.domain = new URL(url).host), document.domain),
  // A page that opens itself is its own opener.
  opener: () => ([null, window].includes(window.opener) ? "none" : "another"),
  frames: () => `${window.length} ${window.parent === window} ${window.top === window}`,
  "file-system": async () => {
    const names = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
    return names.join() || "none";
  },
};
