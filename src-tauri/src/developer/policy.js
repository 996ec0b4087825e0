// Gives a page of a developer's server the policy that a packaged page gets by its responses' headers, before its first
// script runs. A policy stays when the element that brought it has gone.
(policy, origin) => {
  if (location.origin !== origin) return;
  const meta = Object.assign(document.createElement("meta"), { httpEquiv: "Content-Security-Policy", content: policy });
  const head = document.head ?? document.documentElement.appendChild(document.createElement("head"));
  const own = head.childNodes.length === 0;
  head.append(meta);
  meta.remove();
  if (own) head.remove();
}
