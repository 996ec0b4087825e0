// Everything by which a page loads something or sends something without leaving itself.
"use strict";
const ws = (url) => url.replace(/^http/, "ws");
const sent = async (url, options) => `answered ${(await fetch(url, options)).status}`;
const body = () => new Blob(["hostile-payload"], { type: "text/plain" });
const fields = () => {
  const form = new FormData();
  form.append("file", new File(["hostile-payload"], "hostile.txt"));
  return form;
};
const link = (rel, url, more = {}) => Promise.race([element("link", { rel, href: url, ...more }, document.head), nothing()]);
const frame = (name, attributes) => element(name, attributes).then((seen) => `frame ${seen}`);
let frames = 0;
const form = (url, attributes) => {
  const target = `inner-${(frames += 1)}`;
  markup(`<iframe name=${target}></iframe>`);
  const sender = markup(`<form><input name=a value=b></form>`);
  for (const [key, value] of Object.entries({ action: url, target, ...attributes })) sender.setAttribute(key, value);
  sender.submit();
  return settled();
};
const blobUrl = (text, type) => URL.createObjectURL(new Blob([text], { type }));
const svg = (inner) => (markup(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width=9 height=9>${inner}</svg>`), settled());
const xslt = (select) => {
  const parse = (text) => new DOMParser().parseFromString(text, "text/xml");
  const processor = new XSLTProcessor();
  processor.importStylesheet(
    parse(`<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:template match="/"><out><xsl:copy-of select="${select}"/></out></xsl:template></xsl:stylesheet>`),
  );
  return processor.transformToDocument(parse("<a/>"))?.documentElement.textContent || "empty";
};

attacks.loads = {
  fetch: (url) => sent(url),
  "fetch-no-cors": (url) => sent(url, { mode: "no-cors" }),
  "fetch-keepalive": (url) => sent(url, { keepalive: true, mode: "no-cors" }),
  "fetch-blob": (url) => sent(url, { method: "POST", body: body(), mode: "no-cors" }),
  "fetch-form-data": (url) => sent(url, { method: "POST", body: fields(), mode: "no-cors" }),
  "fetch-stream": (url) => sent(url, { method: "POST", body: new Response("hostile-payload").body, duplex: "half" }),
  "fetch-buffer": (url) => sent(url, { method: "PUT", body: new ArrayBuffer(64) }),
  xhr: (url) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.send();
    return next(request, "load", "error");
  },
  "xhr-file": (url) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.send(new File(["hostile-payload"], "hostile.txt"));
    return next(request, "load", "error");
  },
  "xhr-synchronous": (url) => {
    const request = new XMLHttpRequest();
    request.open("GET", url, false);
    request.send();
    return `answered ${request.status}`;
  },
  websocket: (url) => next(new WebSocket(ws(url)), "open", "error"),
  "event-source": (url) => next(new EventSource(url), "open", "error"),
  "web-transport": (url) => new WebTransport(url).ready,
  "web-rtc": async (url) => {
    const { hostname, port } = new URL(url);
    const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:${hostname}:${port || 3478}` }, { urls: `turn:${hostname}?transport=tcp`, username: "a", credential: "b" }] });
    peer.createDataChannel("x");
    await peer.setLocalDescription(await peer.createOffer());
    return next(peer, "icegatheringstatechange");
  },
  beacon: (url) => navigator.sendBeacon(url, "hostile-payload"),
  ping: (url) => (markup(`<a ping="${url}" href="#ping">ping</a>`).click(), settled()),

  image: (url) => element("img", { src: url }),
  "image-constructor": (url) => {
    const image = new Image();
    image.src = url;
    return next(image, "load", "error");
  },
  "image-set": (url) => element("img", { srcset: `${url} 1x, ${url}2 2x` }),
  "image-referrer-crossorigin": (url) => element("img", { src: url, crossorigin: "use-credentials", referrerpolicy: "unsafe-url" }),
  picture: (url) => next(markup(`<picture><source srcset="${url}"><img src="${url}"></picture>`).querySelector("img"), "load", "error"),
  "input-image": (url) => element("input", { type: "image", src: url }),
  "svg-image": (url) => svg(`<image href="${url}" xlink:href="${url}" width="9" height="9"/>`),
  "svg-use": (url) => svg(`<use href="${url}#x"/>`),
  "svg-filter-image": (url) => svg(`<filter id="f"><feImage href="${url}"/></filter><rect filter="url(#f)" width="9" height="9"/>`),
  "svg-script": (url) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", "script");
    made.setAttribute("href", url);
    document.body.append(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
    document.body.lastElementChild.append(made);
    return next(made, "load", "error");
  },
  "svg-data-image": (url) => element("img", { src: `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg"><image href="${url}"/><style>@import "${url}";</style></svg>`)}` }),
  "body-background": (url) => (document.body.setAttribute("background", url), settled()),
  favicon: (url) => link("icon", url),
  "touch-icon": (url) => link("apple-touch-icon", url),

  "css-background": (url) => styled(`.styled { background: url("${url}") }`),
  "css-cursor": (url) => styled(`.styled { cursor: url("${url}"), auto }`),
  "css-border-image": (url) => styled(`.styled { border: 9px solid; border-image: url("${url}") 9 }`),
  "css-list-style": (url) => styled(`.item { list-style-image: url("${url}") }`, "<ul><li class=item>x</ul>"),
  "css-content": (url) => styled(`.styled::before { content: url("${url}") }`),
  "css-mask": (url) => styled(`.styled { -webkit-mask-image: url("${url}"); clip-path: url("${url}#c"); filter: url("${url}#f") }`),
  "css-shape": (url) => styled(`.styled { float: left; shape-outside: url("${url}") }`),
  "css-image-set": (url) => styled(`.styled { background: image-set(url("${url}") 1x) }`),
  "css-variable": (url) => styled(`.styled { --u: url("${url}"); background: var(--u) }`),
  "css-import": (url) => styled(`@import url("${url}");`),
  "css-import-chain": (url) => link("stylesheet", blobUrl(`@import url("${url}"); @import "data:text/css,@import '${url}'";`, "text/css")),
  "css-font-face": (url) => styled(`@font-face { font-family: f${url.length}; src: url("${url}") } .styled { font-family: f${url.length} }`),
  "font-face": (url) => new FontFace("hostile", `url("${url}")`).load(),
  stylesheet: (url) => link("stylesheet", url),
  "stylesheet-alternate": (url) => link("alternate stylesheet", url, { title: "x" }),
  "xml-stylesheet": (url) => (document.insertBefore(document.createProcessingInstruction("xml-stylesheet", `href="${url}"`), document.documentElement), settled()),

  script: (url) => element("script", { src: url }),
  "script-module": (url) => element("script", { src: url, type: "module" }),
  "module-import": (url) => import(url),
  "import-map": (url) => (markup(`<script type=importmap>{"imports":{"x":"${url}"}}</` + `script>`), import(url)),
  worker: (url) => next(new Worker(url), "message", "error"),
  "worker-blob": (url) => next(new Worker(blobUrl(`importScripts("${url}"); fetch("${url}")`, "text/javascript")), "message", "error"),
  "worker-data": (url) => next(new Worker(`data:text/javascript,fetch("${url}")`), "message", "error"),
  "shared-worker": (url) => next(new SharedWorker(url), "error"),
  "shared-worker-blob": (url) => next(new SharedWorker(blobUrl(`fetch("${url}")`, "text/javascript")), "error"),
  "service-worker": (url) => navigator.serviceWorker.register(url),
  "service-worker-own": () => navigator.serviceWorker.register("/attempt.js").then(() => "registered"),
  "audio-worklet": (url) => new OfflineAudioContext(1, 1, 44_100).audioWorklet.addModule(url),
  "paint-worklet": (url) => CSS.paintWorklet.addModule(url),

  audio: (url) => element("audio", { src: url, preload: "auto" }),
  video: (url) => element("video", { src: url, preload: "auto", autoplay: "" }),
  "video-poster": (url) => (element("video", { poster: url }), settled()),
  "video-source": (url) => {
    const video = markup(`<video preload=auto><source src="${url}"></video>`);
    video.load();
    return next(video.firstElementChild, "error");
  },
  "video-track": (url) => {
    const video = markup(`<video src="/plain.txt"><track default kind=captions src="${url}"></video>`);
    video.textTracks[0].mode = "showing";
    return next(video.firstElementChild, "load", "error");
  },
  "media-stream-url": (url) => next(Object.assign(new Audio(), { src: `${url}.m3u8` }), "loadeddata", "error"),

  frame: (url) => frame("iframe", { src: url }),
  "frame-text": (url) => frame("iframe", { srcdoc: `<img src="${url}"><script>parent.fetch("${url}")</` + `script><meta http-equiv=refresh content="0;${url}">` }),
  "frame-script": (url) => frame("iframe", { src: `javascript:location='${url}'` }),
  "frame-data": (url) => frame("iframe", { src: `data:text/html,<img src="${url}">` }),
  "frame-blob": (url) => frame("iframe", { src: blobUrl(`<img src="${url}">`, "text/html") }),
  "frame-sandbox": (url) => frame("iframe", { src: url, sandbox: "allow-scripts allow-popups allow-top-navigation allow-downloads" }),
  frameset: (url) => {
    const set = document.createElement("frameset");
    const seen = element("frame", { src: url }, set);
    document.documentElement.append(set);
    return Promise.race([seen, settled()]).finally(() => set.remove());
  },
  object: (url) => element("object", { data: url }),
  embed: (url) => element("embed", { src: url }),
  applet: (url) => (markup(`<applet codebase="${url}" code=x></applet>`), settled()),
  portal: (url) => (markup(`<portal src="${url}"></portal><webview src="${url}"></webview>`), settled()),

  "form-get": (url) => form(url, { method: "get" }),
  "form-post": (url) => form(url, { method: "post" }),
  "form-multipart": (url) => form(url, { method: "post", enctype: "multipart/form-data" }),

  preconnect: (url) => link("preconnect", url),
  "preconnect-crossorigin": (url) => link("preconnect", url, { crossorigin: "" }),
  // WebKit forgets the first questions, until it has found out whether there is a proxy.
  "dns-prefetch": async (url) => {
    for (const round of Array(8).keys()) {
      void link("dns-prefetch", url.replace("://", `://again-${round}.`));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return settled();
  },
  "dns-prefetch-anchor": (url) => {
    markup(`<meta http-equiv="x-dns-prefetch-control" content="on">`);
    markup(`<a href="${url}">a link in sight</a>`);
    return settled();
  },
  prefetch: (url) => link("prefetch", url),
  prerender: (url) => link("prerender", url),
  "speculation-rules": (url) => (markup(`<script type=speculationrules>{"prefetch":[{"urls":["${url}"]}]}</` + `script>`), settled()),
  "preload-script": (url) => link("preload", url, { as: "script" }),
  "preload-style": (url) => link("preload", url, { as: "style" }),
  "preload-image": (url) => link("preload", url, { as: "image" }),
  "preload-font": (url) => link("preload", url, { as: "font", crossorigin: "" }),
  "preload-track": (url) => link("preload", url, { as: "track" }),
  "preload-video": (url) => link("preload", url, { as: "video" }),
  modulepreload: (url) => link("modulepreload", url),
  manifest: (url) => link("manifest", url, { crossorigin: "" }),
  "link-import": (url) => link("import", url),
  pingback: (url) => link("pingback", url),

  "xslt-document": (url) => xslt(`document('${url}')`),
  "xml-entity": (url) => {
    const text = `<!DOCTYPE a [<!ENTITY x SYSTEM "${url}"><!ENTITY % y SYSTEM "${url}"> %y;]><a>&x;</a>`;
    return new DOMParser().parseFromString(text, "text/xml").documentElement.textContent || "empty";
  },
};

// What WebKit holds against no policy; it gets as far as the proxy, which is not there.
attacks.unheld = {
  "preload-fetch": (url) => link("preload", url, { as: "fetch" }),
};

// What changes the page for everything after it.
attacks.spoilers = {
  "policy-report": (url) => {
    markup(`<meta http-equiv="Content-Security-Policy" content="img-src 'none'; report-uri ${url}; report-to ${url}">`);
    document.head.append(document.querySelector("meta[http-equiv=Content-Security-Policy]"));
    return element("img", { src: "/x.png" });
  },
  "base-address": (url) => (element("base", { href: url }, document.head), Promise.race([element("img", { src: "relative.png" }), settled()])),
};
